using System.Buffers.Binary;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Bench.Money;

/// <summary>Accounts of people who never lived, by number.</summary>
internal static class People
{
    private static readonly AccountId[] Known = [.. Enumerable.Range(0, Workload.Accounts).Select(Make)];

    /// <summary>The account of a number. The first <see cref="Workload.Accounts"/> are made beforehand, so that no measurement pays for it.</summary>
    public static AccountId Of(int number) => number < Known.Length ? Known[number] : Make(number);

    private static AccountId Make(int number)
    {
        Span<byte> address = stackalloc byte[Address.Size];
        address.Fill(1);

        // Multiplied by an odd number, so that neighbours don't look alike and no two are the same.
        BinaryPrimitives.WriteInt32BigEndian(address, unchecked(number * 0x01000193));
        return AccountId.Person(new Address(address));
    }
}
