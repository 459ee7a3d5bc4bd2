# What the service has around it, and a repository with something to find, for scripts/walk.

neighbours= git_url= git_user= git_password= auth_service_url= auth_service_token= receiver_url=

start_world() {
  local line
  mkdir -p "$walk/answers"
  node "$root/scripts/walk.d/neighbours.ts" "$walk" >"$walk/neighbours" 2>"$walk/neighbours.log" &
  neighbours=$!
  until grep -q '^receiver_url=' "$walk/neighbours"; do
    kill -0 "$neighbours" 2>/dev/null || fail "they did not start: $(cat "$walk/neighbours.log")"
    sleep 0.05
  done
  while IFS= read -r line; do printf -v "${line%%=*}" '%s' "${line#*=}"; done <"$walk/neighbours"
  say "$git_url, $auth_service_url, $receiver_url"
}

stop_world() {
  [ -z "$neighbours" ] || kill "$neighbours" 2>/dev/null || true
}

# git as somebody who may use the git server; the password is in its environment only.
git_there() {
  GIT_SSL_CAINFO=$walk/authority.pem GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.$git_url/.extraHeader \
    GIT_CONFIG_VALUE_0="Authorization: Basic $(printf '%s' "$git_user:$git_password" | base64 -w 0)" git "$@"
}

# random_looking NAME LENGTH: letters and digits, always the same for a name. Nothing that looks like a secret stands in this file.
random_looking() {
  local text
  text=$(for part in 1 2 3 4; do printf '%s' "$1 $part" | openssl dgst -sha256 -binary; done | base64 -w 0 | tr -dc 'A-Za-z0-9')
  printf '%s' "${text:0:$2}"
}

make_repository() {
  local shop=$walk/shop access
  access=$(random_looking aws 64)
  access=${access^^}
  access=${access//[018 9]/}
  stripe_key=sk_$(printf live)_$(random_looking stripe 24)
  database_password=$(random_looking database 24)
  aws_key=AKIA${access:0:16}
  sample_password=$(random_looking sample 24)
  secrets=("$stripe_key" "$database_password" "$aws_key")

  git init --quiet --initial-branch=main "$shop"
  git -C "$shop" config user.name 'Ada Example'
  git -C "$shop" config user.email ada@example.com
  commit "$shop" 'Open the shop' README.md '# Shop'
  commit "$shop" 'Take cards' config/settings.env "STRIPE_KEY=$stripe_key"
  commit "$shop" 'Add the database' config/database.yml "production:
  password: \"$database_password\""
  commit "$shop" 'Show how to set it up' docs/setup.yml "password: \"$sample_password\""
  git -C "$shop" tag -a v1.0 -m "First release, deployed as $aws_key"
  commit "$shop" 'Take the keys out again: nobody will ever see them' config/settings.env 'STRIPE_KEY='
  git -C "$shop" rm --quiet config/database.yml
  git -C "$shop" commit --quiet -m 'Ask for the password instead'
  git clone --quiet --mirror "$shop" "$walk/repositories/shop.git"
  git init --quiet --bare --initial-branch=main "$walk/repositories/new-repo.git"
  git clone --quiet --mirror "$shop" "$walk/repositories/again.git"
  say "$(git -C "$shop" rev-list --count main) commits; a key for payments, a password, and in a tag's message a key for the cloud"
}

commit() {
  mkdir -p "$1/$(dirname "$3")"
  printf '%s\n' "$4" >"$1/$3"
  git -C "$1" add "$3"
  git -C "$1" commit --quiet -m "$2"
}

# has_no_secret REPOSITORY: no object of it, whatever leads there, holds one. Looked at by git and grep, not by us.
has_no_secret() {
  local secret
  git --git-dir="$1" cat-file --batch --batch-all-objects --unordered >"$walk/objects"
  for secret in "${secrets[@]}"; do
    if grep -qaF -- "$secret" "$walk/objects"; then fail "$1 still holds ${secret:0:4}…"; fi
  done
  grep -qaF -- "$sample_password" "$walk/objects" || fail "$1 has lost the sample, which was to stay"
  [ -z "$(git --git-dir="$1" fsck --full --strict --no-progress 2>&1)" ] || fail "git fsck complains about $1"
}
