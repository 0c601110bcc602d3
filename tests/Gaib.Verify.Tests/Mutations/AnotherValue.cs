using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>Makes another value of the same form: what a forger would write, not what a parser would refuse.</summary>
internal static class AnotherValue
{
    private static readonly string[][] Words =
    [
        ["single", "reserve", "post", "void", "expire"],
        ["open", "closed", "expired"],
        ["release", "refund", "forfeit"],
        ["data", "compute", "developer", "holders", "parents", "stake"],
        ["door", "round", "test"],
        ["unreleased", "released", "forfeited"],
        ["missing", "unchecked", "passed", "wrong", "undecided"],
        ["waiting", "warmUp", "training", "revealing", "checking", "coolDown", "done"],
        ["committed", "valued", "withdrawn", "none"],
        ["attached", "challenged", "offered", "leased", "slashed", "lost"],
        ["person", "treasury", "issuance", "pool", "lease", "session", "settlement", "bounty", "hostFees"],
        ["None", "WorkWrong", "HostLost", "LeaseClosed", "DeltaCopied"],
    ];

    public static JsonNode? Of(JsonNode? value, Random draw) => value?.GetValueKind() switch
    {
        null => JsonValue.Create(1),
        JsonValueKind.True => JsonValue.Create(false),
        JsonValueKind.False => JsonValue.Create(true),
        JsonValueKind.Number => JsonValue.Create(Number(value.GetValue<long>(), draw)),
        _ => JsonValue.Create(Text(value.GetValue<string>(), draw)),
    };

    private static long Number(long value, Random draw) => value switch
    {
        0 => 1,
        _ when draw.Next(2) == 0 => value + 1,
        _ => value - 1,
    };

    private static string Text(string text, Random draw)
    {
        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return (number.IsZero || draw.Next(2) == 0 ? number + 1 : number - 1).ToString(CultureInfo.InvariantCulture);
        }

        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return text.Length == 42 ? Other(Address.Parse(text), draw).ToString() : FlipDigit(text, draw);
        }

        if (Words.Where(words => words.Contains(text)).SelectMany(words => words).Where(word => word != text).ToArray() is { Length: > 0 } others)
        {
            return others[draw.Next(others.Length)];
        }

        return text.StartsWith("shares:", StringComparison.Ordinal) ? FlipDigit(text, draw)
            : IsAccount(text, out var account) ? OtherAccount(account, draw)
            : IsBase64(text, out var bytes) ? Convert.ToBase64String(Flip(bytes, draw))
            : text == AssetId.Gaib.ToString() ? new AssetId(1).ToString()
            : text + "x";
    }

    private static Address Other(Address address, Random draw) => new(Flip(address.ToArray(), draw));

    private static string OtherAccount(AccountId account, Random draw) => account.Kind switch
    {
        AccountKind.Treasury => "issuance",
        AccountKind.Issuance => "treasury",
        AccountKind.Settlement => "settlement:1",
        _ => new AccountId(account.Kind, Other(account.Key, draw)).ToString(),
    };

    private static byte[] Flip(byte[] bytes, Random draw)
    {
        var other = bytes.ToArray();
        other[draw.Next(other.Length)] ^= (byte)(1 << draw.Next(8));
        return other;
    }

    private static string FlipDigit(string text, Random draw)
    {
        var digits = text.ToCharArray();
        var from = text.LastIndexOfAny(['x', ':']) + 1;
        var at = from + draw.Next(digits.Length - from);
        digits[at] = digits[at] == '0' ? '1' : '0';
        return new string(digits);
    }

    private static bool IsAccount(string text, out AccountId account)
    {
        account = default;
        try
        {
            account = AccountId.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsBase64(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var whole = Convert.TryFromBase64String(text, bytes, out var count) && count >= 16;
        bytes = bytes[..count];
        return whole;
    }
}
