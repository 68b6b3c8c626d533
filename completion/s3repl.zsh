#compdef s3repl
# s3repl: completion for zsh
_s3repl() {
  local -a answers=("${(@f)$("${(Q)words[1]}" complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}") described=()
  local answer
  for answer in $answers; do
    if [[ $answer == :files ]]; then
      compset -P '*='
      _files
      return
    fi
    described+=("${${answer%%$'\t'*}//:/\\:}:${answer#*$'\t'}")
  done
  _describe -V s3repl described
}
if [[ $funcstack[1] == _s3repl ]]; then _s3repl "$@"; else compdef _s3repl s3repl; fi
