import { helpReading } from '@deployguard/reports/thread';
import { countFindings } from './count-findings.ts';

helpReading(countFindings);
