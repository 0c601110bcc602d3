using System.Diagnostics.Metrics;
using Gaib.Abstractions.Money;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Gaib.Simulation.Tests.Cluster;
using Microsoft.Extensions.Options;

namespace Gaib.Simulation.Tests;

internal sealed partial class World
{
    private static readonly Meter Meter = new(BookInstruments.MeterName);
    private static readonly BookInstruments Instruments = new(Fake.Of<IMeterFactory>((_, _) => Meter));

    /// <summary>The process's sender: what its grains ask while a call is under way goes out in the next one.</summary>
    private BookSender _sender = null!;

    private void OpenSender() => _sender = NewSender(_silo.Factory(_machines[0].Process));

    /// <summary>
    /// How an activation asks the book: by the sender of its process. Its auditor is told here, since one call has requests of several.
    /// </summary>
    private BookSender SenderOf(
        IGrainFactory factory, Action<string, object?[]> onAsked, Action<string, object?[], object?>? onAnswered = null)
    {
        var sender = _sender;
        return NewSender(Fake.Of<IGrainFactory>((_, key) => BookOf((long)key[0]!)));

        IBookGrain BookOf(long number)
        {
            var direct = factory.GetGrain<IBookGrain>(number);
            return Fake.Of<IBookGrain>((method, arguments) =>
                method.Name == nameof(IBookGrain.Submit) ? SubmitAsync(number, (BookRequest)arguments[0]!) : method.Invoke(direct, arguments));
        }

        async Task<BookReply> SubmitAsync(long number, BookRequest request)
        {
            onAsked(nameof(IBookGrain.Submit), [request]);
            var reply = await sender.SubmitAsync(number, request);
            onAnswered?.Invoke(nameof(IBookGrain.Submit), [request], reply);
            return reply;
        }
    }

    private static BookSender NewSender(IGrainFactory grains) =>
        new(grains, Options.Create(new BookSenderOptions { CallsUnderWay = 1 }), Instruments)
        {
            Scheduler = TaskScheduler.FromCurrentSynchronizationContext(),
        };
}
