#!/bin/sh
# Makes sure that Chromium and a Chinese font are here for the browser tests: by apt-get when root, else by a clear sentence.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
{ command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family)" ]; } || missing="$missing fontconfig fonts-noto-cjk"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing with apt-get for the browser tests …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "The browser tests need these system packages: $missing" >&2
echo "Install them once, for instance:  sudo apt-get install $missing   and run make test again." >&2
exit 1
