#!/usr/bin/env node
import { runProgram } from '../run-program.ts';
import { runDcgmi } from './program.ts';

await runProgram('dcgmi-sim', runDcgmi);
