#!/usr/bin/env bash
# System packages that the tests need, by Debian's names. As root on Debian they are installed; otherwise they are named.
set -euo pipefail
declare -A needed=([promtool]=prometheus [amtool]=prometheus-alertmanager)
missing=()
for tool in "${!needed[@]}"; do
  command -v "$tool" >/dev/null || missing+=("${needed[$tool]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "setup: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # Only the tools are wanted: a policy of 101 keeps the packages from starting their services.
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && trap 'rm -f "$policy"' EXIT; }
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "setup: the tests need ${missing[*]} (Debian's names); install them, or their tests are skipped"
  [ "${CI:-}" != true ]
fi
