// Made from the migrations by `npm run schema --workspace @deployguard/server`; a test compares.
import type { ColumnType } from 'kysely';

/** The database fills it in when an insert does not. */
type Generated<T> = T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>;
type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** Written as JSON text: the driver would turn arrays into arrays of PostgreSQL. */
type Json = ColumnType<unknown, string, string>;

/** Every table, under its name in the database. */
export interface Schema {
  api_keys: ApiKeysTable;
  application_env: ApplicationEnvTable;
  applications: ApplicationsTable;
  assessments: AssessmentsTable;
  audit_heads: AuditHeadsTable;
  audit_logs: AuditLogsTable;
  builds: BuildsTable;
  deployments: DeploymentsTable;
  domains: DomainsTable;
  duties: DutiesTable;
  event_heads: EventHeadsTable;
  events: EventsTable;
  feedback_items: FeedbackItemsTable;
  feedback_submissions: FeedbackSubmissionsTable;
  findings: FindingsTable;
  idempotency_keys: IdempotencyKeysTable;
  import_batches: ImportBatchesTable;
  imports: ImportsTable;
  infrastructure: InfrastructureTable;
  jobs: JobsTable;
  known_false_positive_patterns: KnownFalsePositivePatternsTable;
  leases: LeasesTable;
  outbox: OutboxTable;
  rate_windows: RateWindowsTable;
  releases: ReleasesTable;
  report_upload_parts: ReportUploadPartsTable;
  report_uploads: ReportUploadsTable;
  secrets_found: SecretsFoundTable;
  sources: SourcesTable;
  tasks: TasksTable;
  tenants: TenantsTable;
  waivers: WaiversTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_endpoints: WebhookEndpointsTable;
}

export interface ApiKeysTable {
  tenant_id: Generated<string>;
  id: string;
  user_id: string;
  name: string;
  prefix: string;
  key_hash: string;
  scopes: string[];
  created_at: Generated<Timestamp>;
  expires_at: Timestamp | null;
  last_used_at: Timestamp | null;
  revoked_at: Timestamp | null;
  replaced_by: string | null;
  made_by: string | null;
}

export interface ApplicationEnvTable {
  tenant_id: Generated<string>;
  id: string;
  application_id: string;
  name: string;
  sealed_value: Buffer;
  updated_at: Generated<Timestamp>;
}

export interface ApplicationsTable {
  tenant_id: Generated<string>;
  id: string;
  user_id: string;
  name: string;
  label: string;
  target: 'process' | 'container';
  instances: number | null;
  is_stopped: Generated<boolean>;
  current_release_id: string | null;
  active_task_id: string | null;
  destroy_requested_at: Timestamp | null;
  last_deployment_number: Generated<number>;
  last_release_number: Generated<number>;
  created_at: Generated<Timestamp>;
  updated_at: Generated<Timestamp>;
  process_instances: Generated<Json>;
}

export interface AssessmentsTable {
  tenant_id: Generated<string>;
  id: string;
  name: string;
  last_finding_number: Generated<number>;
  last_import_id: string | null;
  created_at: Generated<Timestamp>;
  phoenix_import_id: string | null;
}

export interface AuditHeadsTable {
  tenant_id: Generated<string>;
  seq: number;
  hash: string;
}

export interface AuditLogsTable {
  tenant_id: Generated<string>;
  id: string;
  seq: number;
  job_id: string | null;
  user_id: string;
  action: string;
  details: Json;
  ip: string | null;
  request_id: string | null;
  created_at: Timestamp;
  prev_hash: string;
  hash: string;
}

export interface BuildsTable {
  tenant_id: Generated<string>;
  id: string;
  deployment_id: string;
  image_tag: string | null;
  build_logs: Generated<string>;
  started_at: Generated<Timestamp>;
  completed_at: Timestamp | null;
  success: boolean | null;
}

export interface DeploymentsTable {
  tenant_id: Generated<string>;
  id: string;
  application_id: string;
  user_id: string;
  number: number;
  repo_url: string | null;
  credentials_id: string | null;
  source_id: string | null;
  branch: string | null;
  git_sha: string | null;
  status: Generated<'QUEUED' | 'ANALYZING' | 'BUILDING' | 'PROVISIONING' | 'DEPLOYING' | 'HEALTHY' | 'EXPOSED' | 'FAILED' | 'CANCELLED' | 'ROLLING_BACK' | 'ROLLED_BACK' | 'ROLLBACK_FAILED' | 'STOPPED' | 'DESTROYING' | 'DESTROYED'>;
  step: string | null;
  current_step: string | null;
  last_error: Json | null;
  config: Generated<Json>;
  waivers: Generated<Json>;
  release_id: string | null;
  external_url: string | null;
  external_ip: string | null;
  cloud_provider: string | null;
  region: string | null;
  metadata: Generated<Json>;
  created_at: Generated<Timestamp>;
  updated_at: Generated<Timestamp>;
  deployed_at: Timestamp | null;
  from_release_id: string | null;
}

export interface DomainsTable {
  tenant_id: Generated<string>;
  id: string;
  application_id: string;
  name: string;
  created_at: Generated<Timestamp>;
}

export interface DutiesTable {
  tenant_id: Generated<string>;
  id: string;
  next_run_at: Timestamp;
  last_started_at: Timestamp | null;
  last_succeeded_at: Timestamp | null;
  last_error: Json | null;
}

export interface EventHeadsTable {
  tenant_id: Generated<string>;
  subject: string;
  last_sequence: number;
  updated_at: Generated<Timestamp>;
}

export interface EventsTable {
  tenant_id: Generated<string>;
  subject: string;
  sequence: number;
  kind: string;
  data: Json;
  created_at: Generated<Timestamp>;
}

export interface FeedbackItemsTable {
  tenant_id: Generated<string>;
  id: string;
  submission_id: string;
  value_hash: string;
  value_pattern: string;
  is_true_positive: boolean;
}

export interface FeedbackSubmissionsTable {
  tenant_id: Generated<string>;
  id: string;
  client_id: string;
  total_detected: number;
  confirmed_secrets: number;
  false_positives: number;
  received_at: Generated<Timestamp>;
}

export interface FindingsTable {
  tenant_id: Generated<string>;
  id: string;
  assessment_id: string;
  number: number;
  key: Buffer;
  duplicate_of: Buffer | null;
  is_open: Generated<boolean>;
  severity: number;
  kind: string;
  tool: string;
  rule_id: string;
  title: string;
  package_name: string | null;
  place: string | null;
  asset: string | null;
  has_fix: boolean;
  is_known_exploited: boolean;
  epss: number | null;
  suppression: string | null;
  content: Json;
  content_hash: Buffer;
  first_import_id: string;
  opened_import_id: string;
  first_seen_at: Generated<Timestamp>;
  closed_at: Timestamp | null;
  decision: 'false-positive' | 'accepted' | 'fixed' | null;
  decision_owner: string | null;
  decision_reason: string | null;
  decision_until: string | null;
  decided_at: Timestamp | null;
}

export interface IdempotencyKeysTable {
  tenant_id: Generated<string>;
  id: string;
  key: string;
  operation: string;
  request_hash: string;
  response_status: number | null;
  response_body: Buffer | null;
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  held_until: Timestamp | null;
}

export interface ImportBatchesTable {
  tenant_id: Generated<string>;
  id: string;
  import_id: string;
  batch: string;
  digest: string;
  state: 'sending' | 'imported' | 'refused' | 'halved';
  import_type: 'new' | 'merge' | 'delta';
  assets: number;
  findings: number;
  bytes: number;
  sent_at: Timestamp;
  request_id: string | null;
}

export interface ImportsTable {
  tenant_id: Generated<string>;
  id: string;
  job_id: string;
  user_id: string;
  status: Generated<'pending' | 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled'>;
  created_at: Generated<Timestamp>;
  started_at: Timestamp | null;
  completed_at: Timestamp | null;
  filename: string;
  file_path: string;
  file_size_bytes: number;
  scanner_type: string | null;
  asset_type: string | null;
  assessment_name: string | null;
  assessment_id: string | null;
  import_type: 'new' | 'merge' | 'delta';
  phoenix_client_id: string | null;
  sealed_phoenix_secret: Buffer | null;
  phoenix_api_url: string | null;
  processing_options: Generated<Json>;
  progress: Generated<number>;
  current_step: string | null;
  assets_imported: number | null;
  vulnerabilities_imported: number | null;
  batch_summary: Json | null;
  summary: Json | null;
  error_code: string | null;
  error_message: string | null;
  error_traceback: string | null;
  task_id: string | null;
  worker_name: string | null;
}

export interface InfrastructureTable {
  tenant_id: Generated<string>;
  id: string;
  deployment_id: string;
  pulumi_stack_name: string | null;
  resources: Generated<Json>;
  state_backend_url: string | null;
  created_at: Generated<Timestamp>;
}

export interface JobsTable {
  tenant_id: Generated<string>;
  id: string;
  user_id: string;
  source_platform: string;
  source_url: string | null;
  source_branch: string | null;
  source_credentials_id: string | null;
  source_id: string | null;
  status: Generated<'pending' | 'scanning' | 'awaiting_selection' | 'cleaning' | 'cleaned' | 'pushing' | 'completed' | 'failed' | 'cancelled' | 'expired'>;
  progress_percent: Generated<number>;
  current_step: string | null;
  total_secrets_found: Generated<number>;
  last_error: Json | null;
  target_platform: string | null;
  target_url: string | null;
  target_credentials_id: string | null;
  force_push: Generated<boolean>;
  source_key: string | null;
  report_key: string | null;
  cleaned_key: string | null;
  proof_key: string | null;
  created_at: Generated<Timestamp>;
  updated_at: Generated<Timestamp>;
  started_at: Timestamp | null;
  completed_at: Timestamp | null;
  expires_at: Timestamp;
  task_id: string | null;
}

export interface KnownFalsePositivePatternsTable {
  tenant_id: Generated<string>;
  id: string;
  pattern: string;
  confidence: number;
  sample_count: number;
  reason: string;
  updated_at: Generated<Timestamp>;
}

export interface LeasesTable {
  tenant_id: Generated<string>;
  id: string;
  holder: string;
  term: Generated<number>;
  lease_until: Timestamp;
}

export interface OutboxTable {
  tenant_id: Generated<string>;
  id: string;
  kind: string;
  queue: string;
  created_at: Generated<Timestamp>;
  taken_until: Generated<Timestamp>;
}

export interface RateWindowsTable {
  tenant_id: Generated<string>;
  bucket: string;
  window_number: number;
  drawn: number;
}

export interface ReleasesTable {
  tenant_id: Generated<string>;
  id: string;
  application_id: string;
  deployment_id: string;
  number: number;
  git_sha: string;
  artifact: Json;
  spec: Json;
  sealed_env: Buffer;
  is_pinned: Generated<boolean>;
  was_good: Generated<boolean>;
  removed_at: Timestamp | null;
  created_at: Generated<Timestamp>;
  evidence: Json | null;
  attestation: Buffer | null;
}

export interface ReportUploadPartsTable {
  tenant_id: Generated<string>;
  id: string;
  upload_id: string;
  number: number;
  storage_key: string;
  bytes: number;
  sha256: string;
}

export interface ReportUploadsTable {
  tenant_id: Generated<string>;
  id: string;
  user_id: string;
  file_name: string;
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  import_id: string | null;
}

export interface SecretsFoundTable {
  tenant_id: Generated<string>;
  id: string;
  job_id: string;
  finding_id: string;
  rule_id: string;
  secret_type: string;
  severity: 'info' | 'low' | 'medium' | 'high' | 'critical';
  secret_value_hash: string;
  secret_value_preview: string;
  file_path: string | null;
  line_number: number | null;
  commit_id: string | null;
  author_name: string | null;
  committed_at: Timestamp | null;
  occurrence_count: Generated<number>;
  location: Json | null;
  selected_for_cleaning: Generated<boolean>;
  is_false_positive: Generated<boolean>;
  created_at: Generated<Timestamp>;
}

export interface SourcesTable {
  tenant_id: Generated<string>;
  id: string;
  user_id: string;
  name: string;
  format: Generated<'bundle'>;
  storage_key: string;
  bytes: number;
  sha256: string;
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
}

export interface TasksTable {
  tenant_id: Generated<string>;
  id: string;
  kind: string;
  queue: 'deployguard' | 'scan' | 'clean' | 'push' | 'import' | 'deploy';
  subject: string;
  input: Json;
  state: Generated<'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'dead'>;
  attempt: Generated<number>;
  failures: Generated<number>;
  max_failures: Generated<number>;
  lost_leases: Generated<number>;
  run_at: Generated<Timestamp>;
  rung_at: Timestamp | null;
  visible_at: Timestamp | null;
  lease_owner: string | null;
  lease_until: Timestamp | null;
  cancel_requested_at: Timestamp | null;
  progress_percent: Generated<number>;
  current_step: string | null;
  last_error: Json | null;
  created_at: Generated<Timestamp>;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
  trace_parent: string | null;
  user_id: string | null;
  ip: string | null;
  request_id: string | null;
  outage_since: Timestamp | null;
}

export interface TenantsTable {
  tenant_id: string;
  id: string;
  user_id: string;
  created_at: Generated<Timestamp>;
}

export interface WaiversTable {
  tenant_id: Generated<string>;
  id: string;
  user_id: string;
  finding: string | null;
  rule: string | null;
  package: string | null;
  path: string | null;
  owner: string;
  reason: string;
  until: string;
  created_at: Generated<Timestamp>;
}

export interface WebhookDeliveriesTable {
  tenant_id: Generated<string>;
  id: string;
  endpoint_id: string;
  event_id: string;
  event_type: string;
  payload: Json;
  state: Generated<'pending' | 'delivered' | 'failed'>;
  attempt_count: Generated<number>;
  last_attempt_at: Timestamp | null;
  next_attempt_at: Timestamp | null;
  last_status_code: number | null;
  last_error: string | null;
  created_at: Generated<Timestamp>;
  delivered_at: Timestamp | null;
}

export interface WebhookEndpointsTable {
  tenant_id: Generated<string>;
  id: string;
  user_id: string;
  url: string;
  description: string | null;
  event_types: string[];
  sealed_secrets: Buffer[];
  disabled_at: Timestamp | null;
  disabled_reason: string | null;
  created_at: Generated<Timestamp>;
  updated_at: Generated<Timestamp>;
  secrets_end_at: Generated<Timestamp[]>;
  import_id: string | null;
  sealed_headers: Buffer | null;
}
