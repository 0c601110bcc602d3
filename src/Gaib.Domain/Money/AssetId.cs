using System.Globalization;

namespace Gaib.Domain.Money;

/// <summary>What a transfer moves: GAIB, or the shares of a model, or the frozen units of a holders' pool.</summary>
/// <param name="Value">0 for GAIB; else the first eight bytes of the id of what it belongs to.</param>
[GenerateSerializer, Immutable]
public readonly record struct AssetId([property: Id(0)] ulong Value) : IComparable<AssetId>
{
    /// <summary>The currency; 1 GAIB is 10^9 base units.</summary>
    public static AssetId Gaib => default;

    /// <summary>The shares of something with a 32-byte id. A book refuses to register two assets with one number.</summary>
    public static AssetId Of(Hash32 id) => new(id.Prefix64);

    /// <inheritdoc/>
    public int CompareTo(AssetId other) => Value.CompareTo(other.Value);

    /// <summary>Order by number.</summary>
    public static bool operator <(AssetId left, AssetId right) => left.Value < right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >(AssetId left, AssetId right) => left.Value > right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator <=(AssetId left, AssetId right) => left.Value <= right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >=(AssetId left, AssetId right) => left.Value >= right.Value;

    /// <summary><c>GAIB</c>, or <c>shares:</c> and 16 hexadecimal digits.</summary>
    public override string ToString() =>
        Value == 0 ? "GAIB" : "shares:" + Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Parses what <see cref="ToString"/> prints.</summary>
    /// <exception cref="FormatException">The text names no asset.</exception>
    public static AssetId Parse(string text) => text switch
    {
        "GAIB" => Gaib,
        _ when text.StartsWith("shares:", StringComparison.Ordinal) && text.Length == 23 =>
            new AssetId(ulong.Parse(text.AsSpan(7), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"'{text}' names no asset."),
    };
}
