import { helpReading } from '../src/threads/help-reading.ts';
import { consumeWithThread } from './consume-with-thread.ts';

helpReading(consumeWithThread);
