/** Reads XML that is in a test, with files that are there too. */
import { bytesOf } from '../../src/bytes.js';
import { readDialplanXml, type DialplanXml, type ReadXmlOptions } from '../../src/convert/read-dialplan-xml.js';

export interface ReadXmlSetup {
  /** Other files that can be included: path to text. A pattern is matched as if `*` were the only wildcard. */
  readonly files?: Readonly<Record<string, string>>;
  readonly globals?: Readonly<Record<string, string>>;
  /** Whether these are all there are. */
  readonly globalsComplete?: boolean;
  readonly options?: Partial<ReadXmlOptions>;
}

export function readXml(
  xml: string,
  { files = {}, globals = {}, globalsComplete = false, options }: ReadXmlSetup = {},
): DialplanXml {
  return readDialplanXml([{ name: 'in.xml', text: bytesOf(xml), directory: '/conf' }], {
    files: {
      match: (pattern) => {
        const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
        const wanted = new RegExp(`^${parts.join('[^/]*')}$`);
        return Object.keys(files)
          .filter((file) => wanted.test(file))
          .sort();
      },
      read: (file) => bytesOf(files[file] as string),
    },
    globals: {
      values: new Map(Object.entries(globals).map(([name, value]) => [bytesOf(name), bytesOf(value)])),
      complete: globalsComplete,
    },
    looseContext: 'default',
    dropUnknown: false,
    skipDisabled: false,
    ...options,
  });
}

/** An extension's condition list, written between `<extension>` tags. */
export function readExtensionXml(inner: string, setup: ReadXmlSetup = {}): ReturnType<typeof readXml> {
  return readXml(`<context name="c">\n<extension name="e">${inner}</extension>\n</context>`, setup);
}
