import { helpReading } from '@deployguard/reports/thread';
import { printFindings } from './print-findings.ts';

helpReading(printFindings);
