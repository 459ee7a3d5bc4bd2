import { helpReading } from '@deployguard/reports/thread';
import { printLines } from './print-lines.ts';

helpReading(printLines);
