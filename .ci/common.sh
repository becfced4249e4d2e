# Sourced by run, test and bench: what they share. $root is the checkout.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Builds leave no servers behind, and say nothing but errors.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { echo "$@" >&2; }
fail() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# install PACKAGE...: with apt, where this user may; otherwise says what to do.
install() {
  have apt-get || fail "Missing: $*. Install it with this system's package manager, then try again."
  local sudo=
  if [ "$(id -u)" != 0 ]; then
    { have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; } || fail "Missing: $*. Install it: apt-get install $*"
    sudo=sudo
  fi
  say "Installing $*"
  $sudo apt-get update -qq >&2
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

need_dotnet() {
  have dotnet && dotnet --list-sdks | grep -q '^10\.' || fail "Portal needs the .NET 10 SDK: https://dotnet.microsoft.com/download"
}

need_node() {
  have node && have npm || install nodejs npm
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || fail "Portal is built with Node.js 18 or later; here is $(node --version)."
}

has_postgres() {
  local folder
  for folder in $(echo "$PATH" | tr : ' ') /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ] && return
  done
  return 1
}

need_postgres() {
  has_postgres && return
  install postgresql-common
  # Portal runs a cluster of its own; the one the package would make and start is not wanted.
  local settings=/etc/postgresql-common/createcluster.conf sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  [ ! -e "$settings" ] || $sudo sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' "$settings"
  install postgresql
}

# Chromium's shell without windows shows the same pages at half the work; where it is not to be had, Chromium does.
need_shell() { [ -n "${PORTAL_CHROMIUM:-}" ] || [ -x /usr/bin/chromium-headless-shell ] || (install chromium-headless-shell) || need_chromium; }

need_chromium() { [ -x "${PORTAL_CHROMIUM:-/usr/bin/chromium}" ] || install chromium; }

# build PROJECT CONFIGURATION: quiet unless it fails. Where the package feed lacks the ahead-of-time compiler
# of this SDK, Portal is built without it; it then only starts a second slower.
build() {
  local log without=()
  log=$(mktemp)
  say "Building $1"
  until dotnet build "$root/$1" -c "$2" -v q -nologo "${without[@]}" >"$log" 2>&1; do
    if [ ${#without[@]} -gt 0 ] || ! grep -q 'error NU110.*Crossgen2' "$log"; then cat "$log" >&2; rm -f "$log"; exit 1; fi
    say "This SDK's ahead-of-time compiler cannot be restored here; building without it."
    without=(-p:AheadOfTime=false)
  done
  rm -f "$log"
}
