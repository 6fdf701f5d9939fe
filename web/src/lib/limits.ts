// Every limit of a run: what people call it and the unit in which they set it.

import { bytes, count, duration } from './format';
import type { LimitName } from './tools';

export interface LimitField {
  name: LimitName;
  label: string;
  /** What one of it is, where the label does not say what is counted. */
  unit?: string;
  /** How many of the limit's own unit one of the shown unit is. */
  scale: number;
  /** The key of the receipt that counts against it. */
  usage?: string;
  show: (value: number) => string;
}

const MIB = 1024 * 1024;

export const LIMIT_FIELDS: readonly LimitField[] = [
  { name: 'cpuMsMax', label: 'Computing time', unit: 's', scale: 1000, usage: 'cpuMs', show: duration },
  { name: 'wallMsMax', label: 'Time on the clock', unit: 's', scale: 1000, usage: 'wallMs', show: duration },
  { name: 'memoryBytesMax', label: 'Memory', unit: 'MB', scale: MIB, usage: 'memoryBytes', show: bytes },
  { name: 'fuelMax', label: 'Fuel', unit: 'million', scale: 1e6, usage: 'fuel', show: count },
  { name: 'outputBytesMax', label: 'Output', unit: 'MB', scale: MIB, usage: 'outputBytes', show: bytes },
  { name: 'filesMax', label: 'Files changed', scale: 1, usage: 'files', show: count },
  { name: 'writtenBytesMax', label: 'Bytes written', unit: 'MB', scale: MIB, usage: 'writtenBytes', show: bytes },
  { name: 'callsMax', label: 'Host calls', scale: 1, usage: 'calls', show: count },
  { name: 'fetchesMax', label: 'Fetches', scale: 1, usage: 'fetches', show: count },
  { name: 'fetchBytesMax', label: 'Bytes of one fetch', unit: 'MB', scale: MIB, show: bytes },
  { name: 'stackCallsMax', label: 'Nested calls', scale: 1, show: count },
];

export const limitField = (name: string): LimitField | undefined =>
  LIMIT_FIELDS.find((field) => field.name === name || field.name === camel(name));

/** The engine names limits in its own words (`cpu_ms_max`) in some messages. */
const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
