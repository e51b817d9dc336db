#!/bin/sh
# completions.sh install|uninstall DATADIR BUILT PROGRAM...
# Puts the shells' completions, which the programs write themselves, where bash, zsh and fish look for them.
set -eu

action=$1 data=$2 built=$3
shift 3

place() { # shell program
  case $1 in
    bash) echo "$data/bash-completion/completions/$2" ;;
    zsh) echo "$data/zsh/site-functions/_$2" ;;
    fish) echo "$data/fish/vendor_completions.d/$2.fish" ;;
  esac
}

for program in "$@"; do
  for shell in bash zsh fish; do
    file=$(place "$shell" "$program")
    if [ "$action" = uninstall ]; then
      rm -f "$file"
      continue
    fi
    mkdir -p "${file%/*}"
    if [ "$program" = reeve ]; then
      "$built/$program" completions "$shell" >"$file.new"
    else
      "$built/$program" --generate-completion-script "$shell" >"$file.new"
    fi
    chmod 644 "$file.new"
    mv "$file.new" "$file"
  done
done
