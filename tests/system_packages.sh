#!/bin/sh
# Makes sure that Chromium, a Chinese font and PostgreSQL are here for the tests: by apt-get when root, else by a clear sentence.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
{ command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family)" ]; } || missing="$missing fontconfig fonts-noto-cjk"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
# the long tests open slides and briefings as an office program does, and read a MySQL database
if [ "${1:-}" = long ]; then
    command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-impress libreoffice-writer"
    { command -v mariadbd && command -v mariadb; } >/dev/null 2>&1 || missing="$missing mariadb-server-core mariadb-client-core"
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing with apt-get for the tests …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "The tests need these system packages: $missing" >&2
echo "Install them once, for instance:  sudo apt-get install $missing   and run make test again." >&2
exit 1
