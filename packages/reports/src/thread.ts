// The package's second door: what a thread is made of that helps to read reports.
export { helpReading } from './threads/help-reading.ts';
