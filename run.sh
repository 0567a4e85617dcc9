#!/usr/bin/env bash
# Starts Cleiss on this machine: ./run.sh [--port N] [--data DIR]
# Checks its database, also while it runs: ./run.sh verify [--data DIR]; exit code 0 sound, 1 not, 2 could not be checked.
# The same by environment: CLEISS_PORT, CLEISS_DATA. Other settings as environment variables of the host, e.g. Mail__Smtp__Host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

PORT="${CLEISS_PORT:-5080}"
DATA="${CLEISS_DATA:-data}"
COMMAND=""

fail() {
  echo "$1" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case "$1" in
    --port) PORT="${2:-}"; shift 2 || fail "Donnez un numéro après --port, par exemple --port 5080." ;;
    --port=*) PORT="${1#*=}"; shift ;;
    --data) DATA="${2:-}"; shift 2 || fail "Donnez un dossier après --data, par exemple --data /var/lib/cleiss." ;;
    --data=*) DATA="${1#*=}"; shift ;;
    verify) COMMAND="verify"; shift ;;
    -h | --help) echo "Usage : ./run.sh [--port N] [--data DOSSIER], ou ./run.sh verify [--data DOSSIER]"; exit 0 ;;
    *) fail "Option inconnue : $1. Usage : ./run.sh [--port N] [--data DOSSIER]" ;;
  esac
done

# --- what must be there -------------------------------------------------------------------------------------------------------------
case "$PORT" in '' | *[!0-9]*) fail "Le port « $PORT » n’est pas un nombre. Choisissez-en un de 1 à 65535 (--port N)." ;; esac
if [ "${#PORT}" -gt 5 ] || [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65535 ]; then
  fail "Le port $PORT n’existe pas. Choisissez-en un de 1 à 65535 (--port N)."
fi
command -v dotnet >/dev/null || fail "Le SDK .NET 10 manque (commande « dotnet » introuvable). Installez-le depuis https://dotnet.microsoft.com/download/dotnet/10.0."
dotnet --version >/dev/null 2>&1 || fail "Le SDK .NET 10 manque : installez-le depuis https://dotnet.microsoft.com/download/dotnet/10.0 (présents : $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' '))."
command -v node >/dev/null || fail "Node.js manque (commande « node » introuvable). Installez Node 20 ou plus récent depuis https://nodejs.org."
NODE_VERSION="$(node --version 2>/dev/null || true)"
NODE_MAJOR="$(echo "$NODE_VERSION" | sed -n 's/^v\([0-9][0-9]*\).*/\1/p')"
[ "${NODE_MAJOR:-0}" -ge 20 ] || fail "Node ${NODE_VERSION:-inconnu} est trop ancien : Cleiss demande Node 20 ou plus récent (https://nodejs.org)."
command -v npm >/dev/null || fail "La commande « npm » manque. Installez-la avec Node.js (https://nodejs.org), ou « apt install npm »."
mkdir -p "$DATA" 2>/dev/null || fail "Le dossier de données $DATA ne peut pas être créé. Choisissez-en un autre (--data DOSSIER), ou donnez-en le droit à ce compte."
# A file is really written: root passes every test of rights, even on a read-only disk.
if ! (: >"$DATA/.essai") 2>/dev/null; then
  fail "Le dossier de données $DATA n’est pas accessible en écriture. Choisissez-en un autre (--data DOSSIER), ou donnez-en le droit à ce compte."
fi
rm -f "$DATA/.essai"
if [ -z "$COMMAND" ] && (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
  fail "Le port $PORT est déjà utilisé. Arrêtez l’autre programme, ou choisissez un autre port (--port N)."
fi

# --- fonts of the documents ---------------------------------------------------------------------------------------------------------
MISSING=""
for package in fonts-noto-core fonts-liberation; do
  if command -v dpkg-query >/dev/null && ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
    MISSING="$MISSING $package"
  fi
done
if [ -n "$MISSING" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installation des polices des documents :$MISSING"
    # shellcheck disable=SC2086
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $MISSING; } >/dev/null 2>&1; then
      echo "Attention : les polices$MISSING n’ont pas pu être installées ; lancez « apt install$MISSING »." >&2
    fi
  else
    echo "Attention : il manque des polices pour les documents. Lancez « sudo apt install$MISSING »." >&2
  fi
fi

# --- npm packages and build, only when something changed ----------------------------------------------------------------------------
mkdir -p artifacts
LOCK="$(cat package.json package-lock.json | sha256sum | cut -d' ' -f1)"
if [ ! -d node_modules ] || [ "$(cat node_modules/.cleiss-lock 2>/dev/null)" != "$LOCK" ]; then
  echo "Installation des paquets npm…"
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error >artifacts/npm.log 2>&1 || {
    tail -n 15 artifacts/npm.log >&2
    fail "L’installation des paquets npm a échoué (détail dans artifacts/npm.log). Vérifiez l’accès au registre npm, puis relancez."
  }
  echo "$LOCK" >node_modules/.cleiss-lock
fi

HOST_DLL="artifacts/bin/Host/release/Cleiss.Host.dll"
STAMP="artifacts/run.stamp"
# Names, sizes and times of everything the build reads: a moved, removed or edited file changes the sum.
SOURCES="$({ find src templates -type f -not -path '*/node_modules/*' -printf '%p %s %T@\n' 2>/dev/null; stat -c '%n %s %Y' Directory.Build.props Directory.Packages.props global.json package-lock.json; } | sort | sha256sum | cut -d' ' -f1)"
if [ ! -f "$HOST_DLL" ] || [ "$(cat "$STAMP" 2>/dev/null)" != "$SOURCES" ]; then
  echo "Compilation…"
  rm -f "$STAMP"
  DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 dotnet build src/Host/Host.csproj -c Release -v quiet -nodeReuse:false >artifacts/build.log 2>&1 || {
    grep -E 'error|erreur' artifacts/build.log | sort -u | head -n 15 >&2 || tail -n 15 artifacts/build.log >&2
    fail "La compilation a échoué (détail dans artifacts/build.log). Vérifiez l’accès au registre NuGet et vos modifications, puis relancez."
  }
  echo "$SOURCES" >"$STAMP"
fi

# --- start: the host takes this process's place, so that Ctrl-C reaches it and it stops everything it started -----------------------
export ASPNETCORE_ENVIRONMENT="${ASPNETCORE_ENVIRONMENT:-Demo}"
export Urls="${Urls:-http://localhost:$PORT}"
export Data__Path="$DATA"
if [ "$ASPNETCORE_ENVIRONMENT" = Demo ]; then
  export Demo__Enabled="${Demo__Enabled:-true}"
fi
export DOTNET_NOLOGO=1
if [ -n "$COMMAND" ]; then
  exec dotnet "$HOST_DLL" "$COMMAND"
fi
echo "Démarrage de Cleiss…"
exec dotnet "$HOST_DLL"
