/// Commands of LaTeX that say how a text looks, and nothing of what it says.
enum LaTeXCommands {
    /// What is behind them is text.
    static let formats: Set<String> = [
        "emph", "textit", "textbf", "textsc", "texttt", "textrm", "textsf", "textsl", "textup", "textmd",
        "textnormal",
        "text", "mbox", "hbox", "mathrm", "mathit", "mathbf", "mathsf", "mathcal", "mathbb", "mathfrak",
        "underline",
        "enquote", "bibstring", "mkbibquote", "mkbibemph", "mkbibitalic",
        "uppercase",
        "lowercase", "MakeUppercase", "MakeLowercase", "NoCaseChange", "bibinfo", "operatorname",
        "boldsymbol", "ce",
        "relax", "protect", "noopsort", "textlatin", "foreignlanguage", "selectlanguage", "footnotesize",
    ]
    /// They hold up to the end of their bracket.
    static let switches: Set<String> = [
        "it", "bf", "em", "sc", "rm", "tt", "sl", "sf", "itshape", "bfseries", "scshape", "upshape",
        "rmfamily",
        "ttfamily", "sffamily", "normalfont", "small", "large", "Large", "tiny", "scriptsize", "displaystyle",
        "textstyle", "left", "right", "big", "Big", "bigl", "bigr", "noindent", "par", "xspace", "null",
        "nolimits", "limits",
    ]
}
