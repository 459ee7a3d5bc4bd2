export { ApiKey, ApiKeyWithSecret, CreateApiKey, RotateApiKey } from './api-keys.ts';
export {
  Application,
  ApplicationDomains,
  ApplicationEnv,
  ScaleApplication,
  SetApplicationDomains,
  SetApplicationEnv,
} from './applications.ts';
export { AuditEntry } from './audit.ts';
export { DeploymentConfig } from './deployment-config.ts';
export { Build, CreateDeployment, Deployment, DeploymentEvent, Infrastructure, Release, RollBackDeployment } from './deployments.ts';
export { FalsePositivePattern, FalsePositivePatterns, FeedbackAccepted, SubmitFeedback } from './feedback.ts';
export { FindingStatistics, GateVerdict, ReportFinding, ReportFindingDetails, Waiver } from './findings.ts';
export type { FindingFilter } from './findings.ts';
export { Health, NotReady, Ready } from './health.ts';
export { ImportMessage, ReportAccepted, ReportImport, ReportImportDetails, UploadReport } from './imports.ts';
export {
  CreateJob,
  Job,
  JobAccepted,
  JobDetails,
  JobEvent,
  JobProof,
  JobSecret,
  ProofKey,
  PushJob,
  SecretFilter,
  SecretsSelected,
  SelectSecrets,
} from './jobs.ts';
export { buildOpenApi } from './openapi.ts';
export type { JsonObject, OpenApiInfo } from './openapi.ts';
export { defineOperation } from './operation.ts';
export type { AnswerOf, BodyOf, Operation, ParamsOf, QueryOf } from './operation.ts';
export { operations } from './operations.ts';
export { pageOf, pageQuery } from './paging.ts';
export { Problem, problemStatuses } from './problem.ts';
export type { ProblemCode } from './problem.ts';
export { isScope } from './scopes.ts';
export { ReleaseEvidence } from './release-evidence.ts';
export { ReportUpload } from './report-uploads.ts';
export { Source } from './sources.ts';
export { Task } from './tasks.ts';
export { CreateWebhook, UpdateWebhook, Webhook, WebhookDelivery, WebhookWithSecret } from './webhooks.ts';
export { deploymentStatuses, importStatuses, importTypes, jobStatuses, platforms, scopes, taskStates, webhookEvents } from './words.ts';
export type { DeploymentStatus, ImportStatus, ImportType, JobStatus, Scope, SecretType, TargetKind } from './words.ts';
