using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Money;

/// <summary>A delivery has an end, whatever leaves the book meanwhile.</summary>
public sealed class BookEdgesTests
{
    private const int Tellings = 10;

    private static readonly AccountId Payer = Numbered(2);
    private static readonly AccountId Payee = Numbered(3);

    private readonly Book _book = new(new BookPlace(0, 2));
    private readonly Turns _turns = new();
    private readonly ulong _writer;
    private ulong _next;
    private EdgeTotal _told;
    private TaskCompletionSource<ImmutableArray<EdgeAnswer>> _heard = new();

    public BookEdgesTests() => _writer = _book.OpenWriter(Keccak.HashUtf8("test"), new BookRows());

    [Fact]
    public void Deliver_WhileMoreLeavesBeforeEachTellingIsHeard_EndsWithWhatHadLeft() => _turns.Enter(() =>
    {
        var peer = Fake.Of<IBookGrain>((method, arguments) =>
            method.Name == nameof(IBookGrain.Arrive) ? Tell((ImmutableArray<EdgeTotal>)arguments[1]!) : Task.FromResult(UInt128.Zero));
        var edges = new BookEdges(Fake.Of<IGrainFactory>((_, _) => peer), _book, () => Task.CompletedTask);
        Pay(AccountId.Issuance, Payer, 1_000);
        Pay(Payer, Payee, 100);
        edges.Tell();
        Pay(Payer, Payee, 7);
        var delivery = edges.DeliverAsync();
        Hear();
        Assert.False(delivery.IsCompleted);
        for (var i = 0; i < Tellings && !delivery.IsCompleted; i++)
        {
            Hear();
        }

        Assert.True(delivery.IsCompletedSuccessfully);
        Assert.True(_told.Total > 107);
    });

    private Task<ImmutableArray<EdgeAnswer>> Tell(ImmutableArray<EdgeTotal> totals)
    {
        (_told, _heard) = (totals.Single(), new TaskCompletionSource<ImmutableArray<EdgeAnswer>>());
        return _heard.Task;
    }

    private void Hear()
    {
        Pay(Payer, Payee, 1);
        _heard.SetResult([new EdgeAnswer(Reason.None, _told.Total)]);
        _turns.Run();
    }

    private void Pay(AccountId debit, AccountId credit, UInt128 amount)
    {
        var transfer = new Transfer { Id = Transfer.IdOf(_writer, _next++), Debit = debit, Credit = credit, Amount = amount };
        Assert.True(_book.Apply(new BookRequest { Writer = _writer, Transfers = [transfer] }, 1, new BookRows()).Applied);
    }

    private static AccountId Numbered(byte number)
    {
        var key = new byte[Address.Size];
        (key[0], key[^1]) = (1, number);
        return AccountId.Person(new Address(key));
    }
}
