using System.Runtime.InteropServices;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Planted;

/// <summary>A book that answers wrongly: it takes a repeated transfer for a new one, or calls a refused one applied.</summary>
internal static class MistakenBook
{
    private const ulong Elsewhere = 8_000;

    /// <summary>Puts the mistake in front of a book.</summary>
    public static IBookGrain TakesOldForNew(IBookGrain book)
    {
        var known = new HashSet<UInt128>();
        return Fake.Of<IBookGrain>((method, arguments) =>
        {
            if (arguments is [TransferBatch batch] && batch.Transfers.Length > 0 && !known.Add(batch.Transfers[0].Id))
            {
                var again = batch.Transfers.ToArray();
                foreach (ref var transfer in again.AsSpan())
                {
                    transfer.Id += Elsewhere;
                }

                arguments = [batch with { Bytes = MemoryMarshal.AsBytes<Transfer>(again).ToArray() }];
            }

            return method.Invoke(book, arguments);
        });
    }

    /// <summary>Puts the mistake behind a book.</summary>
    public static IBookGrain CallsRefusedApplied(IBookGrain book) => Fake.Of<IBookGrain>((method, arguments) =>
        method.Name == nameof(IBookGrain.SubmitBatch) ? LieAsync(book, (TransferBatch)arguments[0]!) : method.Invoke(book, arguments));

    private static async Task<AnswerBatch> LieAsync(IBookGrain book, TransferBatch batch)
    {
        var answer = await book.SubmitBatch(batch);
        return answer.Refused is null ? new AnswerBatch(null, default) : answer;
    }
}
