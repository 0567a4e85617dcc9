#!/usr/bin/env bash
# What continuous integration runs: ./test.sh [--long]. The last line is always « N passed, N failed ».
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

for argument in "$@"; do
  case "$argument" in
    --long) export CLEISS_LONG=1 ;;
    *) echo "Unknown option: $argument. Usage: ./test.sh [--long]" >&2; echo "0 passed, 1 failed"; exit 2 ;;
  esac
done

export CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
RESULTS="$PWD/artifacts/test-results"
rm -rf "$RESULTS"
mkdir -p "$RESULTS"

step() { echo "== $1 ($(date +%H:%M:%S))"; }
stop() {
  echo "$1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

step "tools"
command -v dotnet >/dev/null || stop "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0."
command -v npm >/dev/null || stop "Node 20 or later with npm is missing: install it from https://nodejs.org."
missing=()
for package in chromium fonts-noto-core fonts-liberation poppler-utils qpdf; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || stop "Missing Debian packages: run « sudo apt install ${missing[*]} »."
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$RESULTS/apt.log" 2>&1 \
    || { tail -n 20 "$RESULTS/apt.log" >&2; stop "Could not install ${missing[*]}."; }
fi
lock="$(cat package.json package-lock.json | sha256sum | cut -d' ' -f1)"
if [ ! -d node_modules ] || [ "$(cat node_modules/.cleiss-lock 2>/dev/null)" != "$lock" ]; then
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error || stop "npm install failed."
  echo "$lock" >node_modules/.cleiss-lock
fi

step "restore, locked"
dotnet restore Cleiss.sln --locked-mode -v quiet || stop "The locked restore failed: a project changed its packages without its lock file."

step "format"
# Style and analyzers are checked by the build itself (EnforceCodeStyleInBuild); whitespace is not.
dotnet format whitespace Cleiss.sln --no-restore --verify-no-changes || stop "The format check failed: run « dotnet format whitespace »."

step "build, warnings as errors"
# One compiler for all projects, whatever the environment prefers: a fresh one for each would load and warm up every analyzer again, which doubles the time.
dotnet build Cleiss.sln --no-restore -v quiet -nologo -clp:NoSummary -p:UseSharedCompilation=true
built=$?
dotnet build-server shutdown --vbcscompiler >/dev/null
[ "$built" -eq 0 ] || stop "The build failed."

# Runs one project; its output is printed when it has ended, its counts are left in a file.
run() {
  local project="$1" name code counters p f t
  name="$(basename "$project" .csproj)"
  dotnet test "$project" --no-build --nologo -v quiet --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$RESULTS" \
    --blame-hang-timeout 10m --blame-hang-dump-type none >"$RESULTS/$name.log" 2>&1
  code=$?
  counters="$(grep -o '<Counters [^>]*>' "$RESULTS/$name.trx" 2>/dev/null | tail -n 1)"
  p="$(echo "$counters" | sed -n 's/.* passed="\([0-9]*\)".*/\1/p')"
  f="$(echo "$counters" | sed -n 's/.* failed="\([0-9]*\)".*/\1/p')"
  t="$(echo "$counters" | sed -n 's/.* total="\([0-9]*\)".*/\1/p')"
  p="${p:-0}"
  f="${f:-0}"
  t="${t:-0}"
  # Neither passed nor failed (skipped, aborted) is not run, and a test that cannot run fails.
  [ $((t - p)) -gt "$f" ] && f=$((t - p))
  # A run that ended badly without naming a failed test has crashed; so has one that ran nothing although the project holds tests.
  if [ "$f" -eq 0 ] && { [ "$code" -ne 0 ] || { [ "$t" -eq 0 ] && grep -rqE '\[(Fact|Theory)' "$(dirname "$project")" --include='*.cs'; }; }; then
    echo "$name crashed or ran no test." >>"$RESULTS/$name.log"
    f=1
  fi
  echo "$p $f" >"$RESULTS/$name.counts"
  grep -vE '^(Test run for|A total of|Results File|Data collector)' "$RESULTS/$name.log"
  echo "$name: $p passed, $f failed ($(date +%H:%M:%S))"
}

step "tests"
shopt -s nullglob
# The stories in the browser want both cores. Durability mostly waits, for databases and hosts to come back: the others run beside it.
run tests/Browser.Tests/Browser.Tests.csproj
run tests/Durability.Tests/Durability.Tests.csproj &
for project in tests/*.Tests/*.Tests.csproj; do
  case "$project" in
    */Browser.Tests.csproj | */Durability.Tests.csproj) ;;
    *) run "$project" ;;
  esac
done
wait

passed=0
failed=0
for project in tests/*.Tests/*.Tests.csproj; do
  name="$(basename "$project" .csproj)"
  read -r p f <"$RESULTS/$name.counts" || { p=0; f=1; echo "$name was not run." >&2; }
  passed=$((passed + p))
  failed=$((failed + f))
done

step "end"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
