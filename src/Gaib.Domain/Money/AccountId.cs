using System.Globalization;
using System.Runtime.InteropServices;

namespace Gaib.Domain.Money;

/// <summary>What an account is. The numbers are part of the journal format.</summary>
public enum AccountKind : uint
{
    /// <summary>No account.</summary>
    None = 0,

    /// <summary>A person: the key is an EVM address.</summary>
    Person = 1,

    /// <summary>The protocol's treasury; one per book.</summary>
    Treasury = 2,

    /// <summary>Where an asset comes from. The only kind whose balance may be below zero.</summary>
    Issuance = 3,

    /// <summary>A revenue pool: what is credited here is fed to the holders of its asset, and leaves only by collecting.</summary>
    Pool = 4,

    /// <summary>The escrow of a lease.</summary>
    Lease = 5,

    /// <summary>The escrow of a prepaid session.</summary>
    Session = 6,

    /// <summary>What was withdrawn to a chain; the key is the chain id.</summary>
    Settlement = 7,

    /// <summary>What a person has staked; the key is the person's address.</summary>
    Stake = 8,

    /// <summary>The bounty budget of a job.</summary>
    Bounty = 9,

    /// <summary>A host's fees of one epoch, held until the check of that epoch.</summary>
    HostFees = 10,

    /// <summary>What this book owes another book.</summary>
    DueTo = 11,

    /// <summary>What another book owes this book.</summary>
    DueFrom = 12,
}

/// <summary>An account of a book: a kind and a 20-byte key. People are their EVM address; system accounts are typed.</summary>
[GenerateSerializer, Immutable]
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct AccountId : IEquatable<AccountId>, IComparable<AccountId>
{
    /// <summary>Names an account.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="key">An address, or the last 20 bytes of an id, or a small number right-aligned.</param>
    public AccountId(AccountKind kind, Address key = default) => (Kind, Key) = (kind, key);

    /// <summary>What the account is.</summary>
    [Id(0)]
    public AccountKind Kind { get; }

    /// <summary>Which one of its kind.</summary>
    [Id(1)]
    public Address Key { get; }

    /// <summary>The treasury.</summary>
    public static AccountId Treasury { get; } = new(AccountKind.Treasury);

    /// <summary>The issuance account.</summary>
    public static AccountId Issuance { get; } = new(AccountKind.Issuance);

    /// <summary>A person's account.</summary>
    public static AccountId Person(Address address) => new(AccountKind.Person, address);

    /// <summary>The account of a kind that belongs to something with a 32-byte id; the key is the id's last 20 bytes.</summary>
    public static AccountId Of(AccountKind kind, Hash32 id) => new(kind, Address.FromHash(id));

    /// <summary>What has been withdrawn to a chain.</summary>
    public static AccountId Settlement(ulong chain) => Numbered(AccountKind.Settlement, chain);

    /// <summary>What this book owes the book with that number. The key is the number + 1: no key is zero.</summary>
    public static AccountId DueTo(uint book) => Numbered(AccountKind.DueTo, book + 1UL);

    /// <summary>What the book with that number owes this one.</summary>
    public static AccountId DueFrom(uint book) => Numbered(AccountKind.DueFrom, book + 1UL);

    private static AccountId Numbered(AccountKind kind, ulong number)
    {
        Span<byte> key = stackalloc byte[Address.Size];
        key.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(key[12..], number);
        return new AccountId(kind, new Address(key));
    }

    /// <summary>True when the kind is defined and the key fits it.</summary>
    public bool IsValid => Kind switch
    {
        AccountKind.None => false,
        AccountKind.Treasury or AccountKind.Issuance => Key.IsZero,
        > AccountKind.DueFrom => false,
        _ => !Key.IsZero,
    };

    /// <inheritdoc/>
    public bool Equals(AccountId other) => Kind == other.Kind && Key == other.Key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AccountId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode((uint)Kind);

    /// <summary>By kind, then by key: the order of exports and of ties.</summary>
    public int CompareTo(AccountId other) => Kind == other.Kind ? Key.CompareTo(other.Key) : Kind.CompareTo(other.Kind);

    /// <summary>Equality of kind and key.</summary>
    public static bool operator ==(AccountId left, AccountId right) => left.Equals(right);

    /// <summary>Inequality of kind or key.</summary>
    public static bool operator !=(AccountId left, AccountId right) => !left.Equals(right);

    /// <summary>Order by kind, then key.</summary>
    public static bool operator <(AccountId left, AccountId right) => left.CompareTo(right) < 0;

    /// <summary>Order by kind, then key.</summary>
    public static bool operator >(AccountId left, AccountId right) => left.CompareTo(right) > 0;

    /// <summary>Order by kind, then key.</summary>
    public static bool operator <=(AccountId left, AccountId right) => left.CompareTo(right) <= 0;

    /// <summary>Order by kind, then key.</summary>
    public static bool operator >=(AccountId left, AccountId right) => left.CompareTo(right) >= 0;

    /// <summary>A person as the EIP-55 address; others as <c>kind</c> or <c>kind:0x…</c>; a settlement as <c>settlement:chainId</c>.</summary>
    public override string ToString()
    {
        var name = Kind.ToString();
        name = char.ToLowerInvariant(name[0]) + name[1..];
        return Kind switch
        {
            AccountKind.Person => Key.ToString(),
            AccountKind.Treasury or AccountKind.Issuance => name,
            AccountKind.Settlement => name + ":" + ChainOf(Key).ToString(CultureInfo.InvariantCulture),
            _ => name + ":" + Key.ToString(),
        };
    }

    /// <summary>Parses what <see cref="ToString"/> prints.</summary>
    /// <exception cref="FormatException">The text names no account.</exception>
    public static AccountId Parse(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return Person(Address.Parse(text));
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        if (!Enum.TryParse<AccountKind>(name, ignoreCase: true, out var kind) || kind is AccountKind.None or AccountKind.Person)
        {
            throw new FormatException($"'{text}' names no account.");
        }

        return colon < 0 ? new AccountId(kind)
            : kind == AccountKind.Settlement ? Settlement(ulong.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture))
            : new AccountId(kind, Address.Parse(text[(colon + 1)..]));
    }

    private static ulong ChainOf(Address key) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(key.ToArray().AsSpan(12));
}
