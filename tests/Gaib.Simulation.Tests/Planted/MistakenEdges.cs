using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Planted;

/// <summary>Mistakes in what books tell each other: on the side of the payer, in front of the other books, and on the side of the payee.</summary>
internal static class MistakenEdges
{
    /// <summary>The payer does not wait for its journal.</summary>
    public static BookEdges Hasty(EdgeParts parts) => new(parts.Grains, parts.Book, () => Task.CompletedTask);

    /// <summary>The payer takes what was lost on the way for heard.</summary>
    public static BookEdges TakesLostForHeard(EdgeParts parts) => With(parts, (_, peer, method, arguments) =>
        method == nameof(IBookGrain.Arrive) ? HeardAsync(peer, (uint)arguments[0]!, (ImmutableArray<EdgeTotal>)arguments[1]!) : null);

    /// <summary>The payer takes it for granted at its start that everything had arrived.</summary>
    public static BookEdges TellsNothingAgain(EdgeParts parts) => With(parts, (number, _, method, _) =>
        method == nameof(IBookGrain.GetArrivedFrom) ? Task.FromResult(parts.Book.BalanceOf(AccountId.DueTo(number), AssetId.Gaib).CreditsPosted) : null);

    /// <summary>The payer exchanges two payees.</summary>
    public static BookEdges ExchangesPayees(EdgeParts parts) => With(parts, (_, peer, method, arguments) =>
        method == nameof(IBookGrain.Arrive) && arguments[1] is ImmutableArray<EdgeTotal> { Length: > 1 } totals
            ? peer.Arrive((uint)arguments[0]!, [totals[0] with { Payee = totals[1].Payee }, totals[1] with { Payee = totals[0].Payee }, .. totals.Skip(2)])
            : null);

    /// <summary>The payer forgets why it pays.</summary>
    public static BookEdges ForgetsCauses(EdgeParts parts) => With(parts, (_, peer, method, arguments) =>
        method == nameof(IBookGrain.Arrive)
            ? peer.Arrive((uint)arguments[0]!, [.. ((ImmutableArray<EdgeTotal>)arguments[1]!).Select(told => told with { Cause = default })])
            : null);

    /// <summary>In a world of its own: a payer waits with every other book for as long as one can't credit what it hears.</summary>
    public static Func<EdgeParts, BookEdges> WaitsForAll()
    {
        var waits = new Dictionary<uint, uint>();
        return parts => With(parts, (number, peer, method, arguments) =>
            method == nameof(IBookGrain.Arrive) ? TellAsync((uint)arguments[0]!, number, peer, (ImmutableArray<EdgeTotal>)arguments[1]!) : null);

        async Task<ImmutableArray<EdgeAnswer>> TellAsync(uint from, uint number, IBookGrain peer, ImmutableArray<EdgeTotal> totals)
        {
            if (waits.GetValueOrDefault(from, number) != number)
            {
                throw new TimeoutException();
            }

            var answers = await peer.Arrive(from, totals);
            waits.Remove(from);
            if (answers.Any(answer => answer.Result != Reason.None))
            {
                waits[from] = number;
            }

            return answers;
        }
    }

    /// <summary>The payee's book takes each total for an amount.</summary>
    public static IBookGrain TakesTotalsForAmounts(IBookGrain book) => Changed(book, (told, last) => told.Total + last);

    /// <summary>The payee's book credits once more what it hears once more.</summary>
    public static IBookGrain CreditsAgain(IBookGrain book) => Changed(book, (told, last) => told.Total == last ? last + 1 : told.Total);

    /// <summary>The payer's book says that everything is there, whether it is or not.</summary>
    public static IBookGrain DeliversAtOnce(IBookGrain book) => Fake.Of<IBookGrain>((method, arguments) =>
        method.Name == nameof(IBookGrain.Deliver) ? Task.CompletedTask : method.Invoke(book, arguments));

    private static async Task<ImmutableArray<EdgeAnswer>> HeardAsync(IBookGrain peer, uint from, ImmutableArray<EdgeTotal> totals)
    {
        try
        {
            return await peer.Arrive(from, totals);
        }
        catch (Exception)
        {
            return [.. totals.Select(told => new EdgeAnswer(Reason.None, told.Total))];
        }
    }

    private static BookEdges With(EdgeParts parts, Func<uint, IBookGrain, string, object?[], object?> mistake)
    {
        var grains = Fake.Of<IGrainFactory>((method, arguments) =>
        {
            var (number, peer) = (Convert.ToUInt32(arguments[0]!, System.Globalization.CultureInfo.InvariantCulture), (IBookGrain)method.Invoke(parts.Grains, arguments)!);
            return Fake.Of<IBookGrain>((called, asked) => mistake(number, peer, called.Name, asked) ?? called.Invoke(peer, asked));
        });
        return new BookEdges(grains, parts.Book, parts.Durable);
    }

    private static IBookGrain Changed(IBookGrain book, Func<EdgeTotal, UInt128, UInt128> change)
    {
        var known = new Dictionary<(uint From, AccountId Payee), UInt128>();
        return Fake.Of<IBookGrain>((method, arguments) =>
        {
            if (arguments is [uint from, ImmutableArray<EdgeTotal> totals])
            {
                arguments = [from, totals.Select(told => Change(from, told)).ToImmutableArray()];
            }

            return method.Invoke(book, arguments);
        });

        EdgeTotal Change(uint from, EdgeTotal told)
        {
            var total = change(told, known.GetValueOrDefault((from, told.Payee)));
            known[(from, told.Payee)] = total;
            return told with { Total = total };
        }
    }
}
