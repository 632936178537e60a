#!/bin/sh
# sh tests/with-postgresql.sh COMMAND...: runs a command beside a PostgreSQL server of its own, which ends with it.
# The server listens on loopback only, on a port that is free, with a password of this run; its files are temporary.
set -eu

# Debian keeps the server's programs apart, by version.
for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V) /usr/local/pgsql/bin; do
    if [ -x "$folder/initdb" ]; then PATH="$folder:$PATH"; fi
done
if ! command -v initdb >/dev/null || ! command -v pg_ctl >/dev/null; then
    echo "PostgreSQL is not installed; on Debian: apt-get install postgresql" >&2
    exit 1
fi

# A server never runs as root: then it is the user of the package who runs it.
if [ "$(id -u)" = 0 ]; then
    if ! id postgres >/dev/null 2>&1; then
        echo "PostgreSQL does not run as root, and there is no user postgres; run this as another user" >&2
        exit 1
    fi
    as() { runuser -u postgres -- env PATH="$PATH" "$@"; }
else
    as() { "$@"; }
fi

# The folder is its owner's only, and what leads to it must be open to the user who runs the server.
base=${TMPDIR:-/tmp}
if [ "$(id -u)" = 0 ]; then base=/tmp; fi
home=$(mktemp -d "$base/yaodian-postgresql.XXXXXX")
stop() {
    as pg_ctl -D "$home/cluster" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$home/password"
password=$(cat "$home/password")
if [ "$(id -u)" = 0 ]; then chown -R postgres "$home"; fi
cd "$home"
as initdb -D "$home/cluster" -U yaodian --auth=scram-sha-256 --pwfile="$home/password" --encoding=UTF8 --locale=C \
    --no-sync >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; exit 1; }
cd "$OLDPWD"
# The user who makes the others proves its password as everywhere. The others, one for each test, say theirs: proving it
# costs 25 ms a connection. Nobody else can hear them on the loopback, and it opens nothing but an empty schema.
printf 'host all yaodian 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 password\n' >"$home/cluster/pg_hba.conf"

# Nothing is written through to the disk: no test is about a machine that loses power, and what is killed while people
# save is our own server. A port that is free now may be taken the next moment: then another one.
for attempt in 1 2 3 4 5; do
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    if (cd "$home" && as pg_ctl -D "$home/cluster" -l "$home/server.log" -w -t 60 start -o \
        "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$home -c fsync=off -c full_page_writes=off" >/dev/null 2>&1); then
        break
    fi
    if [ "$attempt" = 5 ]; then
        cat "$home/server.log" >&2
        exit 1
    fi
done

YAODIAN_TEST_POSTGRESQL="postgresql://yaodian:$password@127.0.0.1:$port/postgres" "$@"
