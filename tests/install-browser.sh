#!/bin/sh
# Installs a Chromium and Chinese fonts for the browser tests: Debian's where there is apt and we may use it,
# Playwright's own elsewhere. Usage: tests/install-browser.sh VENV/bin
set -eu
bin=$1
have_browser() { command -v chromium >/dev/null 2>&1 || [ -n "${YAODIAN_CHROMIUM:-}" ]; }
have_fonts() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; }
# Mirrors fail for a moment, and a machine that has just started may still be updating itself, which holds the lock.
apt() {
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=5 -o Acquire::http::Timeout=60 \
        -o Acquire::https::Timeout=60 -o DPkg::Lock::Timeout=300 "$@"
}
if have_browser && have_fonts; then exit 0; fi
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"
if command -v apt-get >/dev/null 2>&1 && command -v ${sudo:-env} >/dev/null 2>&1; then
    for pause in 5 20 0; do
        apt update || true # one list of many may be missing: what is there may do
        if apt install -y chromium fonts-noto-cjk fontconfig >/dev/null; then exit 0; fi
        sleep "$pause"
    done
fi
for pause in 5 20 0; do
    if have_browser || "$bin/playwright" install chromium; then exit 0; fi
    sleep "$pause"
done
exit 1
