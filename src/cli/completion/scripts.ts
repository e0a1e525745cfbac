/**
 * What each shell is given: a script that asks the program itself what can stand at the cursor, in the form of answer.ts.
 */

const bash = String.raw`# Completion of odradek in bash: eval "$(odradek completion bash)"
_odradek() {
  local line kind=
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$kind" ]; then kind=$line; else COMPREPLY+=("$line"); fi
  done < <("\${COMP_WORDS[0]/#\~/$HOME}" completion bash --answer -- \
    "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
  case $kind in
    files) compopt -o default +o nospace 2>/dev/null ;;
    folders) compopt -o dirnames +o nospace 2>/dev/null ;;
  esac
}
complete -o nospace -F _odradek odradek
`

const zsh = String.raw`#compdef odradek
# Completion of odradek in zsh: source <(odradek completion zsh), after compinit; or this file as _odradek in $fpath.
_odradek() {
  local line kind value shown
  local -a answer ended endedShown open openShown
  answer=("\${(@f)$("\${(Q)words[1]}" completion zsh --answer -- \
    "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  kind=$answer[1]
  case $kind in
    files) _files; return ;;
    folders) _files -/; return ;;
    words) ;;
    *) return 1 ;;
  esac
  for line in "\${(@)answer[2,-1]}"; do
    value=\${line%%$'\t'*}
    shown=\${value#*|}\${\${line#*$'\t'}:+  -- \${line#*$'\t'}}
    if [[ $value == +* ]]; then
      open+=("\${value#*|}") openShown+=("$shown")
    else
      ended+=("\${value#*|}") endedShown+=("$shown")
    fi
  done
  (( $#ended )) && compadd -l -d endedShown -a ended
  (( $#open )) && compadd -l -S '' -d openShown -a open
  (( $#ended + $#open ))
}
if [[ $funcstack[1] == _odradek ]]; then
  _odradek "$@"
else
  compdef _odradek odradek
fi
`

const fish = String.raw`# Completion of odradek in fish: odradek completion fish > ~/.config/fish/completions/odradek.fish
function __odradek_complete
    set -l before (commandline -opc)
    set -l answer ($before[1] completion fish --answer -- $before[2..-1] (commandline -ct) 2>/dev/null </dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path (commandline -ct)
        case folders
            __fish_complete_directories (commandline -ct)
        case words
            printf '%s\n' $answer[2..-1]
    end
end
complete -c odradek -f -a '(__odradek_complete)'
`

/** By the name of the shell. String.raw keeps the backslash before \${. */
export const scripts = {
  bash: unescapeDollars(bash),
  zsh: unescapeDollars(zsh),
  fish,
} as const

export type Shell = keyof typeof scripts

function unescapeDollars(text: string): string {
  return text.replaceAll('\\${', '${')
}
