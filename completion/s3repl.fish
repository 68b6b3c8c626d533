# s3repl: completion for fish
function __s3repl_complete
  set -l token (commandline -ct)
  set -l words (commandline -opc) "$token"
  set -l answers ($words[1] complete -- $words[2..-1] 2>/dev/null)
  if contains -- :files $answers
    set -l option (string match -r -- '^--[^=]*=' "$token")
    for path in (__fish_complete_path (string replace -- "$option" '' "$token"))
      printf '%s%s\n' "$option" "$path"
    end
  else
    printf '%s\n' $answers
  end
end
complete -c s3repl -f -a '(__s3repl_complete)'
