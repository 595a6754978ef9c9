#!/bin/sh
# Makes sure that Java 17 is here for the Spark cluster: by apt-get when root, else by a clear sentence.
set -eu
command -v java >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Java 17 with apt-get for the cluster's tests …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null
    exit 0
fi
echo "The cluster's tests need Java 17. Install it once, for instance:  sudo apt-get install openjdk-17-jre-headless" >&2
exit 1
