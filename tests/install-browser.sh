#!/bin/sh
# Installs a Chromium and Chinese fonts for the browser tests: Debian's where there is apt and we may use it,
# Playwright's own elsewhere. Usage: tests/install-browser.sh VENV/bin
set -eu
bin=$1
have_browser() { command -v chromium >/dev/null 2>&1 || [ -n "${YAODIAN_CHROMIUM:-}" ]; }
have_fonts() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; }
if have_browser && have_fonts; then exit 0; fi
if command -v apt-get >/dev/null 2>&1; then
    sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo"
    if $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null; then
        exit 0
    fi
fi
have_browser || "$bin/playwright" install chromium
