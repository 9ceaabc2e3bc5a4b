/** The import directions of docs/ARCHITECTURE.md: a folder may import itself and what is listed here, nothing else. */
const MAY_IMPORT = {
  dialplan: [],
  pattern: ['dialplan'],
  'api-functions': ['dialplan'],
  lint: ['dialplan', 'pattern'],
  convert: ['dialplan'],
  esl: [],
  routes: ['dialplan'],
  calls: ['dialplan', 'esl', 'routes', 'report'],
  replay: ['dialplan', 'pattern', 'api-functions', 'esl', 'routes', 'report'],
  simulator: ['dialplan', 'api-functions'],
  'dialplan-tests': ['dialplan', 'routes', 'replay'],
  corpus: ['dialplan', 'pattern', 'routes', 'replay', 'dialplan-tests', 'report'],
  supervisor: ['dialplan', 'esl', 'routes', 'calls', 'replay', 'capture', 'metrics', 'report'],
  report: ['dialplan'],
  disk: [],
  capture: ['dialplan', 'calls', 'disk'],
  metrics: ['dialplan', 'calls'],
  logs: ['disk', 'replay', 'report'],
};

/** Byte strings are every folder's alphabet; the map is no matter of any folder. */
const EVERYONES = '^src/(?:bytes|transient-map)\\.ts$';

const folderRules = Object.entries(MAY_IMPORT).map(([folder, others]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${others.join(', ') || 'no other folder'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: [EVERYONES, ...[folder, ...others].map((allowed) => `^src/${allowed}/`)],
    // Reports are made of the others' types; a type alone is no dependency at run time.
    ...(folder === 'report' ? { dependencyTypesNot: ['type-only'] } : {}),
  },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: 'only-main-imports-cli',
      comment: 'the command line is the outermost layer',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', '^src/main\\.ts$'] },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'a module nobody imports',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^src/main\\.ts$'] },
      to: {},
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
