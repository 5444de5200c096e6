#!/usr/bin/env node
import { runProgram } from '../run-program.ts';
import { runNvidiaSmi } from './program.ts';

await runProgram('nvidia-smi-sim', runNvidiaSmi);
