using System.Buffers.Binary;
using System.Collections.Immutable;
using Gaib.Domain.Models;

namespace Gaib.Domain.Tests.Models;

/// <summary>Small numbered addresses and hashes, and a model to hang them on.</summary>
internal static class Some
{
    internal static readonly Hash32 Genesis = Keccak.HashUtf8("a network");
    internal static readonly Hash32 ModelId = Hash(77);
    internal static readonly Address Developer = Account(50);

    internal static Address Account(ulong n)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes[12..], n);
        return new Address(bytes);
    }

    internal static Hash32 Hash(ulong n)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], n);
        return new Hash32(bytes);
    }

    internal static AccountWeight Weight(ulong account, UInt128 weight) => new(Account(account), weight);

    internal static ModelRecord Record(params ParentShare[] parents) =>
        new(ModelId, Developer, Hash(1), [Hash(2), Hash(3)], [Hash(4)], [.. parents], Hash(5), Hash(6));

    internal static ModelState Registered(params ParentShare[] parents) =>
        ModelRule.Evolve(null, ModelRule.Register(Record(parents)).Value);

    internal static ShareIssueInputs Inputs(
        ImmutableArray<AccountWeight> data = default,
        ImmutableArray<AccountWeight> work = default,
        ImmutableArray<AccountWeight> stakes = default,
        ImmutableArray<ParentShare> parents = default) =>
        new(ModelId, Developer, Or(parents), Or(data), Or(work), Or(stakes));

    internal static ModelState Priced(UInt128 unitPrice, UInt128 hostUnitFee, ulong fromSequence = 1)
    {
        var model = Registered();
        model = ModelRule.Evolve(model, ModelRule.Issue(model, Inputs(), new ClassUnits(ClassUnits.Total, 0, 0, 0)).Value);
        var command = new SetPrice(Developer, ModelId, unitPrice, hostUnitFee, 1, 1);
        return ModelRule.Evolve(model, ModelRule.Decide(model, command, fromSequence).Value);
    }

    private static ImmutableArray<T> Or<T>(ImmutableArray<T> rows) => rows.IsDefault ? [] : rows;
}
