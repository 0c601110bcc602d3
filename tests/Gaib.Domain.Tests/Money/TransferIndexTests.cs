using Gaib.Domain.Money;

namespace Gaib.Domain.Tests.Money;

/// <summary>An index says where to look, each place once.</summary>
public sealed class TransferIndexTests
{
    [Fact]
    public void PlacesOf_ATransferWhoseAccountsHaveTheSameTag_IsGivenOnce()
    {
        var (first, second) = SameTag();
        var rows = new BookRows();
        rows.AddTransfer(new Transfer { Id = Transfer.IdOf(16, 0), Debit = first, Credit = second, Amount = 1 });
        rows.AddTransfer(new Transfer { Id = Transfer.IdOf(16, 1), Debit = second, Credit = first, Amount = 1 });
        var builder = new TransferIndexBuilder(7);
        builder.Add(1, 0, 1, 0, rows.Written.ToArray());

        var index = TransferIndex.Open(builder.Build())!;

        Assert.Equal([0, 1], index.PlacesOf(first).Select(place => place.Ordinal));
        Assert.Equal([0, 1], index.PlacesOf(second).Select(place => place.Ordinal));
    }

    [Fact]
    public void Open_WhatAnEarlierProgramMade_IsNone()
    {
        var bytes = new TransferIndexBuilder(0).Build();
        bytes[0] = 1;

        Assert.Null(TransferIndex.Open(bytes));
        Assert.Null(TransferIndex.Open(bytes.AsMemory(0, 60)));
    }

    /// <summary>Two accounts of which an index can't tell one from the other: 16 bits of their hashes, and the one that chooses the place, are the same.</summary>
    private static (AccountId First, AccountId Second) SameTag()
    {
        var seen = new Dictionary<(ulong, ulong), AccountId>();
        for (var i = 0; ; i++)
        {
            var account = AccountId.Person(Address.FromHash(Keccak.HashUtf8($"{i}")));
            var hash = TransferIndexBuilder.HashOf(account);
            if (!seen.TryAdd(((ushort)hash, hash >> 63), account))
            {
                return (seen[((ushort)hash, hash >> 63)], account);
            }
        }
    }
}
