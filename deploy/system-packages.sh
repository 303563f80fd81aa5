#!/bin/sh
# Install Debian/Ubuntu packages that are missing, or say plainly what falls away without them. Never fails.
what_falls_away() {
  case "$1" in
    espeak-ng) echo "calls are not spoken: a chime sounds, and the boards show every call" ;;
    fonts-noto-cjk) echo "tickets cannot be printed, and Chinese may look wrong on this machine's own screen" ;;
    python3-venv) echo "no virtual environment can be made, and nothing runs" ;;
    curl) echo "the examples of docs/api.md are not tried" ;;
    chromium) echo "the browser tests cannot run" ;;
  esac
}
missing=""
for package in "$@"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
become=""
[ "$(id -u)" = 0 ] || become="sudo -n"
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  echo "installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  $become apt-get update -qq >/dev/null 2>&1
  $become apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || echo "apt-get could not install$missing"
fi
for package in $missing; do
  dpkg -s "$package" >/dev/null 2>&1 && continue
  echo "missing $package (no right to install it here; run: sudo apt-get install $package). Without it $(what_falls_away "$package")."
done
exit 0
