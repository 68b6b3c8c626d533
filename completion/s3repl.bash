# s3repl: completion for bash
_s3repl() {
  local line=${COMP_LINE:0:COMP_POINT} value description
  local -a words=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  # Bash replaces what is behind the last = or : only.
  local word=${words[${#words[@]}-1]}
  local before=${word%"${word##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r value description; do
    if [[ $value == :files ]]; then
      compopt -o default
    else
      printf -v value %q "${value#"$before"}"
      COMPREPLY+=("$value")
    fi
  done < <("${words[0]/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _s3repl s3repl
