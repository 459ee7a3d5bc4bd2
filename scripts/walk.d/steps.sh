# The walk itself, for scripts/walk: what a user does, one call after the other.

walk_address() {
  local id verdicts
  step "Ask whether it is well"
  call 200 GET /api/v2/health
  call 200 GET /api/v2/health/ready
  expect 'the state' "$(value 'it.status + Object.values(it.services)')" 'readytrue,true,true'

  step "Have what happens posted to an address"
  send 201 POST /api/v2/webhooks "{\"url\":\"$receiver_url/hook\",\"events\":[\"job.awaiting_selection\",\"job.cleaned\",\"job.completed\"]}"
  webhook=$(value it.webhook.id)
  webhook_secret=$(value it.secret)
  redact_answer

  step "Create a scan job"
  local order="{\"source_platform\":\"bitbucket\",\"source_url\":\"$git_url/shop.git\",\"source_branch\":\"main\",\"source_credentials_id\":\"cred-abc-123\"}"
  send 422 POST /api/v2/jobs "${order/https:/ftp:}"
  send 422 POST /api/v2/jobs "${order/main/--upload-pack=id}"
  send 202 POST /api/v2/jobs "$order" --header 'Idempotency-Key: walk-1'
  id=$(value it.id)
  expect 'the answer' "$(value 'JSON.stringify(it)')" "{\"id\":\"$id\",\"status\":\"pending\",\"progress_percent\":0}"
  send 202 POST /api/v2/jobs "$order" --header 'Idempotency-Key: walk-1'
  expect 'the job of a repeated request' "$(value it.id)" "$id"

  step "Follow it until the scan is over"
  follow "$id" awaiting_selection

  step "Look at what it found"
  call 200 GET "/api/v2/jobs/$id"
  expect 'the job' "$(value 'it.job.status + " " + it.job.total_secrets_found')" 'awaiting_selection 3'
  expect 'the branch' "$(value it.job.source_branch)" main
  expect 'what is shown of secrets' "$(value 'it.secrets.every((each) => /^.{3}\.\.\..{3}$/.test(each.secret_value_preview))')" true
  expect 'the sorts' "$(value 'it.secrets.map((each) => each.secret_type).sort()')" api_key,password,password
  call 200 GET "/api/v2/jobs/$id/secrets?secret_type=api_key&rule_id=stripe-secret-key"
  expect 'the file of the key for payments' "$(value 'it.items.map((each) => each.file_path)')" config/settings.env
  call 200 GET "/api/v2/jobs/$id/secrets?file_path=docs/setup.yml"
  sample=$(value 'it.items[0].id')
  call 200 GET "/api/v2/jobs/$id/secrets?limit=200"
  local wanted
  wanted=$(value "JSON.stringify(it.items.map((each) => each.id).filter((each) => each !== '$sample'))")
  call 200 GET '/api/v2/jobs?status=awaiting_selection&limit=1'
  expect 'the listed job' "$(value 'it.items[0].id')" "$id"

  step "Read the report, in each format"
  local format
  for format in json sarif csv html; do
    call 200 GET "/api/v2/jobs/$id/report?format=$format"
    grep -q 'config/settings.env' "$answer" || fail "the report does not name the file"
    no_secret_in "$answer"
  done

  step "Choose what is to go; one is no secret"
  call 409 GET "/api/v2/jobs/$id/download"
  send 200 POST "/api/v2/jobs/$id/secrets/select" "{\"secret_ids\":$wanted,\"mark_false_positives\":[\"$sample\"]}"
  expect 'the counts' "$(value 'it.selected + " " + it.false_positives')" '2 1'

  step "Clean"
  call 202 POST "/api/v2/jobs/$id/clean"
  follow "$id" cleaned

  step "Download the cleaned repository and its proof"
  download "$id" zip "$walk/cleaned_repo.zip"
  download "$id" bundle "$walk/cleaned_repo.bundle"
  call 200 GET "/api/v2/jobs/$id/proof"
  cp "$answer" "$walk/shop.cleaned.proof.json"
  call 200 GET /api/v2/proof-key
  value 'it.public_key.replaceAll("\n", "|")' | tr '|' '\n' >"$walk/proof-key.pem"

  step "Look at it: nothing of the secrets, everything else"
  unzip_to "$walk/cleaned_repo.zip" "$walk/unpacked"
  mv "$walk"/unpacked/* "$walk/shop.cleaned.git"
  git clone --quiet --mirror "$walk/cleaned_repo.bundle" "$walk/from-bundle.git"
  has_no_secret "$walk/shop.cleaned.git"
  has_no_secret "$walk/from-bundle.git"
  expect 'the number of commits' "$(git --git-dir="$walk/shop.cleaned.git" rev-list --count main)" "$(git -C "$walk/shop" rev-list --count main)"
  node "$root/apps/cli/bin/deployguard.mjs" prove --repo-path "$walk/shop.cleaned.git" --public-key "$walk/proof-key.pem" >"$walk/prove.told" 2>&1 ||
    fail "the proof does not hold: $(cat "$walk/prove.told")"
  say "deployguard prove: $(grep -o 'Proven.*' "$walk/prove.told")"

  step "Push it to a new repository"
  push "$id" new-repo.git cred-xyz-789
  git_there clone --quiet --mirror "$git_url/new-repo.git" "$walk/pushed.git"
  has_no_secret "$walk/pushed.git"
  expect 'the pushed branches and tags' "$(git --git-dir="$walk/pushed.git" for-each-ref --format='%(refname)')" refs/heads/main
  expect 'the pushed history' "$(git --git-dir="$walk/pushed.git" rev-parse main)" "$(git --git-dir="$walk/shop.cleaned.git" rev-parse main)"

  step "See that what was stored is gone, and the proof is not"
  call 409 GET "/api/v2/jobs/$id/download"
  call 200 GET "/api/v2/jobs/$id/proof"

  step "Scan what was pushed: only what was no secret is found"
  send 202 POST /api/v2/jobs "{\"source_platform\":\"github\",\"source_url\":\"$git_url/new-repo.git\",\"source_credentials_id\":\"cred-xyz-789\"}"
  local again
  again=$(value it.id)
  follow "$again" awaiting_selection
  call 200 GET "/api/v2/jobs/$again"
  expect 'what was found' "$(value 'it.secrets.map((each) => each.file_path)')" docs/setup.yml

  step "Delete that job"
  call 202 DELETE "/api/v2/jobs/$again"
  call 200 GET "/api/v2/jobs/$again"
  expect 'its state' "$(value it.job.status)" cancelled
}

walk_folder() {
  local source id wanted own=$caller
  step "Make an API key, and go on with that alone"
  send 201 POST /api/v2/api-keys '{"name":"walk","scopes":["jobs:read","jobs:write","sources:write"]}'
  caller=$walk/key
  printf 'header = "X-API-Key: %s"\n' "$(value it.key)" >"$caller"
  chmod 600 "$caller"
  local key
  key=$(value it.api_key.id)
  redact_answer
  call 403 GET /api/v2/audit

  step "Upload a local folder, and clean it"
  git -C "$walk/shop" bundle create --quiet "$walk/shop.bundle" --all
  call 201 POST /api/v2/sources --header 'Content-Type: application/x-git-bundle' --data-binary "@$walk/shop.bundle"
  source=$(value it.id)
  expect 'the size' "$(value it.bytes)" "$(wc -c <"$walk/shop.bundle" | tr -d ' ')"
  send 202 POST /api/v2/jobs "{\"source_platform\":\"generic\",\"source_id\":\"$source\"}"
  id=$(value it.id)
  follow "$id" awaiting_selection
  call 200 GET "/api/v2/jobs/$id/secrets"
  expect 'the secrets of all branches and tags' "$(value 'it.items.length')" 4
  wanted=$(value 'JSON.stringify(it.items.filter((each) => each.file_path !== "docs/setup.yml").map((each) => each.id))')
  send 200 POST "/api/v2/jobs/$id/secrets/select" "{\"secret_ids\":$wanted}"
  call 202 POST "/api/v2/jobs/$id/clean"
  follow "$id" cleaned
  download "$id" zip "$walk/folder.zip"
  unzip_to "$walk/folder.zip" "$walk/unpacked-folder"
  has_no_secret "$walk/unpacked-folder/"*

  step "Push it over what the server had"
  push "$id" again.git cred-abc-123
  git_there clone --quiet --mirror "$git_url/again.git" "$walk/pushed-again.git"
  has_no_secret "$walk/pushed-again.git"

  step "Revoke the key"
  caller=$own
  call 202 DELETE "/api/v2/api-keys/$key"
  caller=$walk/key
  call 401 GET /api/v2/jobs
  caller=$own
}

walk_account() {
  step "Tell which findings were real, without saying what they were"
  send 201 POST /api/v2/feedback "{\"client_id\":\"5f2b8c1d9e3a4f60\",\"total_detected\":4,\"confirmed_secrets\":3,\"false_positives\":1,
    \"items\":[{\"value_hash\":\"$(printf 0%.0s {1..64})\",\"value_pattern\":\"password[alnum:24]\",\"is_true_positive\":false}]}"
  call 200 GET '/api/v2/false-positive-patterns?min_confidence=0'
  expect 'the pattern' "$(value 'it.patterns[0].pattern')" 'password[alnum:24]'

  step "Read who did what"
  call 200 GET '/api/v2/audit?order=oldest&limit=200'
  expect 'what is in the log' "$(value '["webhook_created","job_created","scan_started","scan_finished","secrets_selected","clean_requested","clean_started","clean_finished","cleaned_downloaded","push_requested","push_started","push_finished","job_deleted","api_key_created","source_uploaded","api_key_revoked","feedback_submitted"].filter((action) => !it.items.some((each) => each.action === action))')" ''
  expect 'entries without user' "$(value 'it.items.filter((each) => each.user_id !== "user123").length')" 0
  expect 'requests without address' "$(value 'it.items.filter((each) => /requested|created|deleted/.test(each.action) && !each.ip).length')" 0
  no_secret_in "$answer"

  step "Look at the background work"
  call 200 GET '/api/v2/tasks?limit=200'
  expect 'tasks that went wrong' "$(value 'it.items.filter((each) => ["failed", "dead"].includes(each.state)).length')" 0

  step "See what was posted, and check the signatures"
  check_webhooks
}

# Follows the link as a browser would, with nothing but the link.
download() {
  call 302 GET "/api/v2/jobs/$1/download?format=$2"
  curl --silent --show-error --fail --max-time 120 "$location" --output "$3" || fail "the link of the $2 does not work"
  say "  $(wc -c <"$3" | tr -d ' ') bytes"
}

push() {
  send 202 POST "/api/v2/jobs/$1/push" "{\"target_platform\":\"github\",\"target_url\":\"$git_url/$2\",\"target_credentials_id\":\"$3\",\"force_push\":true}"
  follow "$1" completed
}

check_webhooks() {
  local file key id timestamp body signature count=0 deadline=$((SECONDS + 180))
  # Three of the first job, one of the second, three of the third.
  until [ "$(find "$walk/webhooks" -name '*.json' | wc -l)" -ge 7 ]; do
    [ "$SECONDS" -lt "$deadline" ] || fail "only $(find "$walk/webhooks" -name '*.json' | wc -l) of 7 webhooks came"
    sleep 0.1
  done
  key=$(printf '%s' "${webhook_secret#whsec_}" | base64 -d | od -An -vtx1 | tr -d ' \n')
  for file in "$walk"/webhooks/*.json; do
    id=$(ask read "$file" 'it.headers["webhook-id"]')
    timestamp=$(ask read "$file" 'it.headers["webhook-timestamp"]')
    body=$(ask read "$file" it.body)
    signature=v1,$(printf '%s.%s.%s' "$id" "$timestamp" "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64 -w 0)
    expect "the signature of $id" "$(ask read "$file" 'it.headers["webhook-signature"]')" "$signature"
    no_secret_in "$file"
    count=$((count + 1))
  done
  expect 'the number of webhooks' "$count" 7
  call 200 GET "/api/v2/webhooks/$webhook/deliveries"
  expect 'deliveries' "$(value 'it.items.length')" 7
  call 202 DELETE "/api/v2/webhooks/$webhook"
}

unzip_to() {
  mkdir "$2"
  if command -v unzip >/dev/null; then unzip -q "$1" -d "$2"; else python3 -m zipfile -e "$1" "$2"; fi
}

no_secret_in() {
  local secret
  for secret in "${secrets[@]}"; do
    if grep -qaF -- "$secret" "$1"; then fail "$1 holds a secret"; fi
  done
}

# What is shown once is kept for its use only.
redact_answer() {
  printf '{}' >"$answer"
}

conclude() {
  local log
  step "Look through the logs"
  for log in "$walk"/*.log "$walk"/*.told; do
    [ -e "$log" ] || continue
    no_secret_in "$log"
    if grep -qF -- "$git_password" "$log"; then fail "$log holds the password of the git server"; fi
  done
  cat <<TEXT

Proven ($mode): two repositories, one by its address and one as an upload, were scanned, cleaned, downloaded and pushed.
  - No object of the archives, and of fresh clones of what was pushed, holds any of the ${#secrets[@]} secrets; what was marked as no secret is still there.
  - git fsck finds no fault in any of them; what was pushed is the history that was downloaded, with as many commits as before.
  - The signed proof holds under the key that the service shows.
  - Every answer and event followed the service's own OpenAPI document; $call_number calls were made.
  - Every step is in the audit log, all webhooks came with a right signature, and no secret or password is in a log.
TEXT
}
