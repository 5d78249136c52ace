/// What LaTeX's commands without an argument stand for.
enum LaTeXSymbols {
    /// Nil for a command that is not known.
    static func text(_ command: String) -> String? { table[command] }

    /// In formulas only.
    static func mathematics(_ command: String) -> String? { formulas[command] ?? table[command] }

    /// Letters that a command writes, by their text: what a writer needs.
    static let table: [String: String] = pairs(
        """
        ss ß SS ẞ ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł i ı j ȷ aa å AA Å dh ð DH Ð th þ TH Þ ng ŋ NG Ŋ dj đ DJ Đ \
        textendash – textemdash — textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ” \
        quotedblbase „ quotesinglbase ‚ glqq „ grqq “ glq ‚ grq ‘ flqq « frqq » guillemotleft « guillemotright » \
        guillemetleft « guillemetright » guilsinglleft ‹ guilsinglright › textquotesingle ' textquotedbl " \
        ldots … dots … textellipsis … copyright © textcopyright © textregistered ® texttrademark ™ pounds £ \
        textsterling £ euro € texteuro € EUR € texteuro € textyen ¥ textcent ¢ S § textsection § P ¶ textparagraph ¶ \
        dag † textdagger † ddag ‡ textdaggerdbl ‡ textdegree ° degree ° textordmasculine º textordfeminine ª \
        textbullet • textperiodcentered · textasciitilde ~ textasciicircum ^ textbackslash \\ textbar | textless < \
        textgreater > textunderscore _ textdollar $ textbraceleft { textbraceright } lbrace { rbrace } \
        textexclamdown ¡ textquestiondown ¿ textonehalf ½ textonequarter ¼ textthreequarters ¾ textmu µ micro µ \
        textpm ± texttimes × textdiv ÷ textrightarrow → textleftarrow ← textminus − textnumero № textonesuperior ¹ \
        texttwosuperior ² textthreesuperior ³ textasteriskcentered ∗ textcelsius ℃ textohm Ω TeX TeX LaTeX LaTeX \
        LaTeXe LaTeX2e BibTeX BibTeX nobreakdash - hyphen - textvisiblespace ␣ checkmark ✓ oldstylenums \u{200B} \
        textgreekalpha α slash / textasciigrave ` textasciiacute ´ textasciidieresis ¨ aleph ℵ infty ∞
        """)

    private static let formulas: [String: String] = pairs(
        """
        alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ \
        mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ \
        omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω \
        times × cdot · div ÷ pm ± mp ∓ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ sim ∼ simeq ≃ cong ≅ equiv ≡ \
        propto ∝ infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ in ∈ notin ∉ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ \
        cup ∪ cap ∩ emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ wedge ∧ land ∧ vee ∨ lor ∨ oplus ⊕ otimes ⊗ \
        rightarrow → to → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ uparrow ↑ \
        downarrow ↓ mapsto ↦ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ ell ℓ hbar ℏ Re ℜ Im ℑ circ ∘ \
        bullet • star ⋆ ast ∗ dagger † prime ′ ll ≪ gg ≫ mid ∣ parallel ∥ perp ⊥ angle ∠ triangle △ square □ \
        cdots ⋯ vdots ⋮ ddots ⋱ lesssim ≲ gtrsim ≳ degree ° aleph ℵ wp ℘ odot ⊙ top ⊤ bot ⊥ vdash ⊢ models ⊨ log log \
        ln ln sin sin cos cos tan tan exp exp min min max max lim lim sup sup inf inf det det ker ker dim dim arg arg \
        deg deg gcd gcd mod mod bmod mod Pr Pr quad \u{2003} backslash \\ vert | Vert ‖ lbrack [ rbrack ] sqrt √
        """)

    private static func pairs(_ text: String) -> [String: String] {
        var table: [String: String] = [:]
        let words = text.split(separator: " ")
        var index = 0
        while index + 1 < words.count {
            table[String(words[index])] = words[index + 1] == "\u{200B}" ? "" : String(words[index + 1])
            index += 2
        }
        return table
    }

    /// Raised and lowered characters, where Unicode has them.
    static let raised: [Character: Character] = [
        "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
        "+": "⁺",
        "-": "⁻", "−": "⁻", "=": "⁼", "(": "⁽", ")": "⁾", "n": "ⁿ", "i": "ⁱ", "a": "ᵃ", "b": "ᵇ", "c": "ᶜ",
        "d": "ᵈ",
        "e": "ᵉ", "h": "ʰ", "k": "ᵏ", "m": "ᵐ", "o": "ᵒ", "p": "ᵖ", "r": "ʳ", "s": "ˢ", "t": "ᵗ", "x": "ˣ",
        "∘": "°",
    ]

    static let lowered: [Character: Character] = [
        "0": "₀", "1": "₁", "2": "₂", "3": "₃", "4": "₄", "5": "₅", "6": "₆", "7": "₇", "8": "₈", "9": "₉",
        "+": "₊",
        "-": "₋", "−": "₋", "=": "₌", "(": "₍", ")": "₎", "a": "ₐ", "e": "ₑ", "i": "ᵢ", "j": "ⱼ", "k": "ₖ",
        "m": "ₘ",
        "n": "ₙ", "o": "ₒ", "p": "ₚ", "r": "ᵣ", "s": "ₛ", "t": "ₜ", "x": "ₓ",
    ]

    /// Combining marks by the command that puts them on a letter.
    static let accents: [String: Unicode.Scalar] = [
        "`": "\u{300}", "'": "\u{301}", "^": "\u{302}", "~": "\u{303}", "\"": "\u{308}", "=": "\u{304}",
        ".": "\u{307}",
        "u": "\u{306}", "v": "\u{30C}", "H": "\u{30B}", "c": "\u{327}", "k": "\u{328}", "r": "\u{30A}",
        "d": "\u{323}",
        "b": "\u{331}", "t": "\u{361}", "C": "\u{30F}", "G": "\u{30F}", "U": "\u{30E}", "h": "\u{309}",
        "textcommabelow": "\u{326}", "hat": "\u{302}", "tilde": "\u{303}", "bar": "\u{304}",
        "overline": "\u{305}",
        "dot": "\u{307}", "ddot": "\u{308}", "acute": "\u{301}", "grave": "\u{300}", "check": "\u{30C}",
        "breve": "\u{306}",
        "vec": "\u{20D7}", "mathring": "\u{30A}",
    ]
}
