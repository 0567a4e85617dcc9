namespace Cleiss.Engine.Expressions;

internal enum ScriptTokenKind
{
    Word,
    Text,
    Sign,
}

/// <param name="Text">The word or sign; of a text what is between its quotes.</param>
/// <param name="Line">From 1.</param>
internal readonly record struct ScriptToken(ScriptTokenKind Kind, string Text, int Line)
{
    public bool Is(string text) => Kind != ScriptTokenKind.Text && Text == text;
}

/// <summary>
/// Splits JavaScript into words, texts and signs, passing over comments and regular expressions, so that names can be judged without being
/// misled by what is quoted. Whether the script is correct is the sandbox's to say.
/// </summary>
internal static class ScriptTokens
{
    private static readonly HashSet<string> BeforeRegex = new(StringComparer.Ordinal)
    {
        "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof", "yield", "await",
    };

    public static List<ScriptToken> Of(string source)
    {
        var tokens = new List<ScriptToken>();
        Read(source, 0, 1, tokens, insideTemplate: false);
        return tokens;
    }

    private static (int At, int Line) Read(string source, int at, int line, List<ScriptToken> tokens, bool insideTemplate)
    {
        var depth = 0;
        while (at < source.Length)
        {
            var letter = source[at];
            if (letter == '\n')
            {
                line++;
                at++;
            }
            else if (char.IsWhiteSpace(letter))
            {
                at++;
            }
            else if (IsWord(letter))
            {
                var end = at;
                while (end < source.Length && IsWord(source[end]))
                {
                    end++;
                }

                tokens.Add(new ScriptToken(ScriptTokenKind.Word, source[at..end], line));
                at = end;
            }
            else if (letter is '"' or '\'')
            {
                var end = EndOfText(source, at + 1, letter);
                tokens.Add(new ScriptToken(ScriptTokenKind.Text, source[(at + 1)..Math.Min(end, source.Length)], line));
                at = end + 1;
            }
            else if (letter == '`')
            {
                (at, line) = Template(source, at + 1, line, tokens);
            }
            else if (letter == '/' && at + 1 < source.Length && source[at + 1] == '/')
            {
                var end = source.IndexOf('\n', at);
                at = end < 0 ? source.Length : end;
            }
            else if (letter == '/' && at + 1 < source.Length && source[at + 1] == '*')
            {
                var end = source.IndexOf("*/", at + 2, StringComparison.Ordinal);
                end = end < 0 ? source.Length : end + 2;
                line += source.AsSpan(at, end - at).Count('\n');
                at = end;
            }
            else if (letter == '/' && BeginsRegex(tokens))
            {
                at = EndOfRegex(source, at + 1) + 1;
                tokens.Add(new ScriptToken(ScriptTokenKind.Text, "", line));
            }
            else
            {
                if (insideTemplate && letter == '}' && depth == 0)
                {
                    return (at + 1, line);
                }

                depth += letter switch { '{' => 1, '}' => -1, _ => 0 };
                tokens.Add(new ScriptToken(ScriptTokenKind.Sign, letter.ToString(), line));
                at++;
            }
        }

        return (at, line);
    }

    /// <summary>A template text counts as computed: what stands in its <c>${…}</c> is read as script.</summary>
    private static (int At, int Line) Template(string source, int at, int line, List<ScriptToken> tokens)
    {
        tokens.Add(new ScriptToken(ScriptTokenKind.Sign, "`", line));
        while (at < source.Length && source[at] != '`')
        {
            if (source[at] == '\\')
            {
                at += 2;
            }
            else if (source[at] == '$' && at + 1 < source.Length && source[at + 1] == '{')
            {
                (at, line) = Read(source, at + 2, line, tokens, insideTemplate: true);
            }
            else
            {
                line += source[at] == '\n' ? 1 : 0;
                at++;
            }
        }

        tokens.Add(new ScriptToken(ScriptTokenKind.Sign, "`", line));
        return (at + 1, line);
    }

    private static int EndOfText(string source, int at, char quote)
    {
        while (at < source.Length && source[at] != quote && source[at] != '\n')
        {
            at += source[at] == '\\' ? 2 : 1;
        }

        return at;
    }

    private static int EndOfRegex(string source, int at)
    {
        var inClass = false;
        while (at < source.Length && (inClass || source[at] != '/') && source[at] != '\n')
        {
            inClass = source[at] switch { '[' => true, ']' => false, _ => inClass };
            at += source[at] == '\\' ? 2 : 1;
        }

        return at;
    }

    private static bool BeginsRegex(List<ScriptToken> tokens) => tokens.Count == 0 || tokens[^1] switch
    {
        { Kind: ScriptTokenKind.Word } word => BeforeRegex.Contains(word.Text),
        { Kind: ScriptTokenKind.Text } => false,
        var sign => sign.Text is not (")" or "]" or "}" or "`"),
    };

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '$';
}
