#!/usr/bin/env node
import process from 'node:process';
import { runProgram } from './cli/program.js';

// `… | head` closes its end: no error, whatever a command writes with.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await runProgram(process.argv);
