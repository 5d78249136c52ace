/// The scripts by which shells complete. What can be typed is asked of `quipu complete`, so a script fits every version.
enum CompletionScript: String, CaseIterable, Sendable {
    case bash, zsh, fish

    var text: String {
        switch self {
        case .bash: Self.bashText
        case .zsh: Self.zshText
        case .fish: Self.fishText
        }
    }

    // Bash has cut the line into words at "=", ":" and "@" too: they are put together again, and of what is found only
    // the part after the last cut is given back.
    private static let bashText = #"""
        # Completion of quipu for bash.
        _quipu() {
            local words=() lines=() found=() shown=() index word line text meaning glue= typed cur cut
            for ((index = 1; index <= COMP_CWORD; index++)); do
                word=${COMP_WORDS[index]}
                if [[ ${#words[@]} -gt 0 && $word =~ ^[=:]+@?$ ]]; then
                    words[${#words[@]} - 1]+=$word
                    glue=yes
                elif [[ -n $glue ]]; then
                    words[${#words[@]} - 1]+=$word
                    glue=
                else
                    words+=("$word")
                    [[ $word != @ ]] || glue=yes
                fi
            done
            typed=${COMP_WORDS[COMP_CWORD]}
            [[ ! $typed =~ ^[=:]+@?$ && $typed != @ ]] || typed=
            for index in "${!words[@]}"; do
                word=${words[index]//[\"\'\\]/}
                words[index]=${word/#\~\//$HOME/}
            done
            cur=${words[${#words[@]} - 1]-}
            word=${typed//[\"\'\\]/}
            cut=$((${#cur} - ${#word}))
            [[ $typed != \~/* ]] || cut=0
            mapfile -t lines < <("${COMP_WORDS[0]/#\~\//$HOME/}" complete -- "${words[@]}" 2>/dev/null)
            COMPREPLY=()
            case ${lines[0]-} in
                :files)
                    compopt -o filenames 2>/dev/null
                    mapfile -t COMPREPLY < <(compgen -f -- "$typed")
                    ;;
                :folders)
                    compopt -o filenames 2>/dev/null
                    mapfile -t COMPREPLY < <(compgen -d -- "$typed")
                    ;;
                :words)
                    for line in "${lines[@]:1}"; do
                        text=${line%%$'\t'*}
                        text=${text:cut}
                        meaning=${line#*$'\t'}
                        [[ $typed == [\"\']* ]] || printf -v text %q "$text"
                        found+=("$text")
                        printf -v line '%-20s  %s' "$text" "${meaning:+($meaning)}"
                        shown+=("${line:0:${COLUMNS:-80} - 2}")
                    done
                    compopt -o nosort 2>/dev/null
                    # A value follows.
                    [[ ${found[0]-} != *= ]] || compopt -o nospace 2>/dev/null
                    # What the words mean is shown in a list and never put into the line.
                    if [[ ${#found[@]} -gt 1 && ${COMP_TYPE-} == @(33|63|64) ]]; then
                        COMPREPLY=("${shown[@]}")
                    else
                        COMPREPLY=("${found[@]}")
                    fi
                    ;;
            esac
        }
        complete -F _quipu quipu

        """#

    private static let zshText = #"""
        #compdef quipu
        # Completion of quipu for zsh.
        _quipu() {
            local -a typed lines texts shown ending
            local line text meaning
            typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
            typed=("${(@)typed/#\~\//$HOME/}")
            lines=("${(@f)$("${words[1]/#\~\//$HOME/}" complete -- "${(@)typed}" 2>/dev/null)}")
            case $lines[1] in
                :files)
                    [[ $PREFIX != --*=* ]] || compset -P '*='
                    _files
                    ;;
                :folders)
                    [[ $PREFIX != --*=* ]] || compset -P '*='
                    _files -/
                    ;;
                :words)
                    shift lines
                    for line in "${(@)lines}"; do
                        text=${line%%$'\t'*}
                        meaning=${line#*$'\t'}
                        texts+=("$text")
                        shown+=("$text${meaning:+  -- $meaning}")
                    done
                    # A value follows.
                    [[ ${texts[1]-} != *= ]] || ending=(-S '')
                    compadd "${(@)ending}" -l -V quipu -d shown -a texts
                    ;;
            esac
        }
        if [[ ${funcstack[1]-} == _quipu ]]; then
            _quipu "$@"
        else
            compdef _quipu quipu
        fi

        """#

    private static let fishText = #"""
        # Completion of quipu for fish.
        function __quipu_complete
            set -l before (commandline -opc)
            set -l token (commandline -ct)
            set -l words $before[2..]
            set -l lines (command $before[1] complete -- $words "$token" 2>/dev/null)
            set -l prefix (string match -r -- '^--[^=]*=' "$token")
            set -l value (string replace -r -- '^--[^=]*=' '' "$token")
            switch "$lines[1]"
                case :files
                    for path in (__fish_complete_path "$value")
                        echo "$prefix$path"
                    end
                case :folders
                    for path in (__fish_complete_directories "$value")
                        echo "$prefix$path"
                    end
                case :words
                    printf '%s\n' $lines[2..]
            end
        end
        complete -c quipu -f -k -a '(__quipu_complete)'

        """#
}
