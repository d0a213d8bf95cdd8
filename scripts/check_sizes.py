#!/usr/bin/env python3
"""Holds the sources to the sizes of the style guide, and to what must not be in them.

  scripts/check_sizes.py [TOP]       prints file:line for each fault; exit 1 if there is one
  scripts/check_sizes.py --self-test plants faults in a tree of its own and looks whether all are found

Sources (.cpp .hpp .h .py .sh, all of scripts and .ci) have at most 400 lines; a C++ function, from its signature to its
closing brace, at most 60. No text file names a path of one machine or leaves an errand for later.
Functions are found by their braces: good enough for code that clang-format has laid out, and for macros that take a
body (TEST_CASE). A lambda belongs to the function around it.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

FILE_LINES = 400
FUNCTION_LINES = 60
# What an app over datasets may take: lines that are neither blank nor a comment alone.
APP_LINES = {"apps/text/word_count.cpp": 25, "apps/data/k_means.cpp": 40, "apps/data/kmer_count.cpp": 60,
             "apps/data/logistic_regression.cpp": 45, "apps/data/tera_sort.cpp": 40}
CPP = {".cpp", ".hpp", ".h"}
SOURCES = CPP | {".py", ".sh"}
# Put together here, so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.$}~/-])/(?:" + "|".join(("work", "root", "home")) + r")(?:/\w|(?=[\s\"'`:;,)]|$))")
ERRAND = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME")) + r")\b")
ISSUE = re.compile(r"#\d+")

# One token of what is blanked: comments, raw strings, strings, characters (not the ' of 1'000).
BLANKED = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^()\\ ]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
NO_FUNCTION = re.compile(r"\s*(?:if|for|while|switch|catch|else|do|try|return|namespace|enum|union)\b")
TYPE = re.compile(r"^(?:\s*(?:export|typedef|friend))*\s*(?:class|struct)\b[^()]*$")


def blank(text):
    """The text with comments, strings and directives turned into blanks; a string keeps a pair of quotes."""
    def spaces(match):
        kept = re.sub(r"[^\n]", " ", match[0])
        return kept if match[0][0] in "/#" or len(kept) < 2 else '"' + kept[1:-1] + '"'
    return DIRECTIVE.sub(spaces, BLANKED.sub(spaces, text))


def without_templates(header):
    """The header without its leading template <…> and requires-clauses' angle brackets."""
    while match := re.match(r"\s*template\s*<", header):
        depth, end = 1, match.end()
        while end < len(header) and depth > 0:
            depth += {"<": 1, ">": -1}.get(header[end], 0)
            end += 1
        header = header[end:]
    return header


def outside_brackets(header):
    """The header without what stands in round brackets."""
    kept, depth = [], 0
    for letter in header:
        depth -= letter == ")"
        if depth == 0:
            kept.append(letter)
        depth += letter == "("
    return "".join(kept)


def opens(header):
    """What a brace opens after this text: "function", "initialiser" (the text goes on after it) or "scope"."""
    header = without_templates(header)
    if header.count("(") != header.count(")"):
        return "initialiser"  # of a default argument
    if NO_FUNCTION.match(header) or TYPE.match(header):
        return "scope"
    flat = outside_brackets(re.sub(r"\boperator\s*(?:\(\s*\)|[^\s\w(]+)", "operator", header)).replace("::", "  ")
    if "=" in flat:
        return "function" if re.search(r"=\s*\[[^\]]*\]", flat) else "initialiser"
    if ")" not in flat:
        return "initialiser" if re.search(r"\w\s*$", flat) else "scope"
    members = flat.rpartition(")")[0] if flat.rstrip().endswith(")") else flat
    if re.search(r"\)[^?]*:", members) and re.search(r"[\w>]\s*$", flat):
        return "initialiser"  # of a member, after the colon of a constructor
    return "function"


def name_of(header):
    match = re.search(r"(operator\s*[^\s(]+|~?\w+(?:::~?\w+)*)\s*\(", without_templates(header))
    return match[1] if match else "a lambda"


def closing(text, start):
    """The position of the brace that closes the one at `start`; -1 if there is none."""
    depth = 0
    for brace in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return -1


def functions(text):
    """(name, first line, last line) of each outermost function; a name of None: the braces do not balance."""
    text = blank(text)
    begin = 0  # where the text that leads to the next brace starts
    position = 0
    mark = re.compile(r"[{};]|\b(?:public|private|protected)\s*:")
    while token := mark.search(text, position):
        position = token.end()
        if token[0] == "{":
            header = text[begin:token.start()]
            kind = opens(header)
            if kind == "scope":
                begin = position
                continue
            end = closing(text, token.start())
            line = text.count("\n", 0, begin + len(header) - len(header.lstrip())) + 1
            if end < 0:
                yield None, line, line
                return
            position = end + 1
            if kind == "function":
                while handler := re.compile(r"\s*catch\s*\([^()]*\)\s*\{").match(text, end + 1):
                    end = closing(text, handler.end() - 1)  # of a function whose body is a try block
                    if end < 0:
                        yield None, line, line
                        return
                position = end + 1
                yield name_of(header), line, text.count("\n", 0, end) + 1
                begin = position
        elif token[0] != ";" or text.count("(", begin, position) == text.count(")", begin, position):
            begin = position


def tracked(top):
    """The files that are, or could be, committed; without git: all but what is built."""
    listing = subprocess.run(["git", "-C", str(top), "ls-files", "-z", "-co", "--exclude-standard"],
                             capture_output=True, text=True, check=False)
    if listing.returncode == 0:
        names = set(filter(None, listing.stdout.split("\0")))
    else:
        names = {file.relative_to(top).as_posix() for file in top.rglob("*")}
        names = {name for name in names if not re.search(r"(^|/)(\.git|__pycache__)/|^(build|runs)/", name)}
    return [name for name in sorted(names) if (top / name).is_file() and not (top / name).is_symlink()]


def faults_of(name, text):
    lines = text.splitlines()
    suffix = pathlib.PurePath(name).suffix
    if (suffix in SOURCES or name.startswith(("scripts/", ".ci/"))) and len(lines) > FILE_LINES:
        yield FILE_LINES + 1, f"the file has {len(lines)} lines, {FILE_LINES} are the most"
    code = sum(1 for line in lines if line.strip() and not line.strip().startswith("//"))
    if code > APP_LINES.get(name, code):
        yield 1, f"the app has {code} lines of code, {APP_LINES[name]} are the most"
    for number, line in enumerate(lines, 1):
        if path := MACHINE_PATH.search(line):
            yield number, f"a path of one machine: {line[path.start():].split()[0]}"
        if ERRAND.search(line) and not ISSUE.search(line):
            yield number, f"an errand without an issue number: {line.strip()}"
    if suffix in CPP:
        for function, first, last in functions(text):
            if function is None:
                yield first, "the braces do not balance: sizes cannot be checked"
            elif last - first + 1 > FUNCTION_LINES:
                yield first, f"{function} has {last - first + 1} lines, {FUNCTION_LINES} are the most"


def faults(top):
    """(file, line, why) for each fault under `top`, and how many files were read."""
    found, names = [], tracked(top)
    for name in names:
        data = (top / name).read_bytes()
        if b"\0" not in data:
            found += [(name, line, why) for line, why in faults_of(name, data.decode("utf-8", "replace"))]
    return found, len(names)


def body(lines):
    return "  f();\n" * (lines - 2)


def planted():
    """Files, and the lines at which each must be found at fault."""
    errand, home = "TO" + "DO", "/" + "home"
    long, short = body(61), body(60)
    return {
        "a/long.hpp": ("//\n" * 401, {401}), "a/edge.hpp": ("//\n" * 400, set()), "a/long.md": ("-\n" * 500, set()),
        "scripts/long": ("#\n" * 401, {401}), "a/long.py": ("#\n" * 401, {401}),
        "apps/text/word_count.cpp": ("//\n\n" * 50 + "int a;\n" * 26, {1}), "apps/data/k_means.cpp": ("int a;\n" * 40, set()),
        "a/path.md": (f"in {home}/me/x\n${home}/x\nsrc{home}/x\n\"{home}\"\nhttps://a.b{home}/\n", {1, 4}),
        "a/errand.cpp": (f"// {errand}: this\n// {errand} #12: that\nint {errand}s;\n", {1}),
        "a/function.cpp": (f"int f() {{\n{long}}}\nint g() {{\n{short}}}\n", {1}),
        "a/method.hpp": (f"namespace n {{\nclass A : public B<int> {{\n public:\n  A& operator=(A const&) {{\n{long}  }}\n"
                         f"  int a = 1;\n  std::vector<int> v{{1, 2}};\n  auto b() const -> int {{\n{long}  }}\n}};\n}}\n",
                         {4, 67}),
        "a/constructor.cpp": (f"A::A(int x)\n    : a_{{x}},\n      b_(x), c_{{}} {{\n{body(59)}}}\nA::~A() {{\n{short}}}\n", {1}),
        "a/template.hpp": (f"template <class T = int>\n  requires C<T>\nauto f(T t = {{}}) noexcept(true) {{\n{body(60)}}}\n",
                           {1}),
        "a/test.cpp": (f'TEST_CASE("a {{ brace") {{\n{long}}}\n', {1}),
        "a/lambda.cpp": (f"auto const f = [](int x) {{\n{long}}};\nint const g[] = {{\n{'  1,' * 9}{long}}};\n", {1}),
        "a/tricks.cpp": ("char const c = '{'; // }\nchar const* s = R\"(}}\n{)\"; int n = 1'000;\n#define X {\n"
                         f"struct S {{ int x; }};\nvoid h() {{ /* }} */\n{long}}}\n", {6}),
        "a/try.cpp": (f"void f() noexcept try {{\n{body(40)}}} catch (int) {{\n{body(22)}}} catch (...) {{\n}}\n", {1}),
        "a/torn.cpp": ("int f() {\n  if (x) {\n}\n", {1}),
    }


def self_test():
    files = planted()
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for name, (text, _) in files.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(text, encoding="utf-8")
        found = {(file, line) for file, line, _ in faults(top)[0]}
    expected = {(name, line) for name, (_, lines) in files.items() for line in lines}
    for file, line in sorted(expected - found):
        print(f"self-test: {file}:{line}: planted, not found")
    for file, line in sorted(found - expected):
        print(f"self-test: {file}:{line}: found, but nothing is wrong there")
    print(f"self-test: {len(expected & found)} of {len(expected)} planted faults found")
    return 0 if found == expected else 1


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    top = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent.parent
    found, files = faults(top)
    for file, line, why in found:
        print(f"{file}:{line}: {why}")
    print(f"{files} files, {len(found)} faults")
    return 1 if found or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
