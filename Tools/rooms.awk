# Checks that the folders of one module know each other one way only. Reads the module's README.md first, then its
# Swift files, twice:  awk -v module=Sources/QuipuStorage -f Tools/rooms.awk pass=0 README.md pass=1 FILES pass=2 FILES
#
# README.md lists the folders, lowest first: "- `Folder`: what it is". A file mentions only what its own folder and
# those above that line declare; files beside README.md are the highest. What counts as a mention is a name that one
# folder alone declares: a type at the top of a file, or a member of two words or more that an extension of another
# folder's type adds. Names that only look alike are not told apart, so give what differs different names.

function room_of(path,    rest, best, i) {
    rest = substr(path, length(module) + 2)
    best = ""
    for (i = 1; i <= count; i++)
        if (index(rest, room[i] "/") == 1 && length(room[i]) > length(best)) best = room[i]
    return best
}

# A place among the folders; files beside README.md come last, folders that it does not name are 0.
function place_of(path) {
    if (path in place_cache) return place_cache[path]
    if (substr(path, length(module) + 2) !~ /\//) return place_cache[path] = count + 1
    return place_cache[path] = room_of(path) == "" ? 0 : place[room_of(path)]
}

function name_of(number) { return number > count ? "the module's own files" : room[number] }

function declare(name, number) {
    if (name in declared && declared[name] != number) declared[name] = -1
    else if (!(name in declared)) declared[name] = number
}

pass == 0 {
    if (match($0, /^- `[A-Za-z0-9\/]+`: /)) {
        name = substr($0, 4, RLENGTH - 6)
        if (name in place) print FILENAME ":" FNR ": " name " is listed twice"
        room[++count] = name
        place[name] = count
    }
    next
}

FNR == 1 {
    in_text = extends = 0
    here = place_of(FILENAME)
    if (pass == 1 && here == 0) print FILENAME ":1: its folder is not listed in " module "/README.md"
}

# Only code: comments and texts name things without using them.
{
    if ($0 ~ /^[a-z@_()A-Z ]*import [A-Za-z]/) next
    line = $0
    quotes = gsub(/"""/, "\"\"\"", line)
    if (in_text) {
        if (quotes % 2 == 1) in_text = 0
        next
    }
    if (quotes % 2 == 1) { in_text = 1; sub(/"""$/, "", line) }
    sub(/\/\/.*/, "", line)
    while (match(line, /\\\([^()"]*\)/)) line = substr(line, 1, RSTART - 1) " " substr(line, RSTART + 2, RLENGTH - 3) " " substr(line, RSTART + RLENGTH)
    gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
}

pass == 1 {
    if (match(line, /^(@[A-Za-z_()]+ +)*((public|package|internal|final|indirect|nonisolated|private|fileprivate) +)*(struct|class|enum|protocol|actor|typealias) +[A-Z]/)) {
        isPrivate = line ~ /^[^{]*(private|fileprivate) /
        name = substr(line, RLENGTH)
        sub(/[^A-Za-z0-9_].*/, "", name)
        if (!isPrivate) { declare(name, here); type[name] = here }
        extends = 0
    } else if (line ~ /^(@[A-Za-z_()]+ +)*((public|package|private|fileprivate) +)?extension +[A-Z]/) extends = 1
    else if (line ~ /^}/) extends = 0
    if (match(line, /^ +((@[A-Za-z_()]+|public|package|internal|static|mutating|final|nonisolated|override|consuming|borrowing|lazy) +)*(func|var|let|case) +[a-z][A-Za-z0-9]*/)) {
        name = substr(line, RSTART, RLENGTH)
        indent = match(name, /[^ ]/) - 1
        sub(/.* /, "", name)
        # At the first level inside of a type; deeper ones are locals or members of nested types.
        if (name ~ /[a-z][A-Z]/) {
            if (extends && indent == 4) declare(name, here)
            else declare(name, -1)
        }
    }
}

# What a file declares itself is not looked for elsewhere.
pass == 1 {
    rest = line
    while (match(rest, /(^|[ (])(func|var|let|case|struct|class|enum|protocol|actor|typealias|associatedtype) +[A-Za-z_]+/)) {
        name = substr(rest, RSTART, RLENGTH)
        sub(/.* /, "", name)
        rest = substr(rest, RSTART + RLENGTH)
        match(rest, /^[A-Za-z0-9_]*/)
        own[FILENAME, name substr(rest, 1, RLENGTH)] = 1
    }
}

pass == 2 {
    rest = line
    while (match(rest, /[A-Za-z_][A-Za-z0-9_]*/)) {
        name = substr(rest, RSTART, RLENGTH)
        before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : ""
        rest = substr(rest, RSTART + RLENGTH)
        # A label of an argument or parameter is no use of a member.
        if (name ~ /^[a-z]/ && rest ~ /^:/) continue
        # Nested in another type, or another module's.
        if (name ~ /^[A-Z]/ && before == ".") continue
        if ((FILENAME, name) in own) continue
        if (name in declared && declared[name] > here && here > 0 && !((FILENAME, name) in told)) {
            told[FILENAME, name] = 1
            print FILENAME ":" FNR ": " name_of(here) " may not know " name_of(declared[name]) ", which declares " name
        }
    }
}
