using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Gaib.Grains.Tests.Money;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>Book 0 of a cluster while its disk stands still and no more may wait for it, until it is disposed.</summary>
internal sealed class BusyBook : IAsyncDisposable
{
    private readonly ManualResetEventSlim _hold = new(false);
    private readonly TaskCompletionSource _isWriting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task<BookReply>> _asked = [];
    private readonly GrainCluster _cluster;
    private readonly BookSenderOptions _options;

    private BusyBook(GrainCluster cluster)
    {
        (_cluster, _options) = (cluster, cluster.Services.GetRequiredService<IOptions<BookSenderOptions>>().Value);
        (_options.QueueMax, _options.CallsUnderWay) = (1, 1);
        cluster.Disk.Watch = point =>
        {
            if (point == "book BeforeWrite")
            {
                _isWriting.TrySetResult();
                _hold.Wait(20_000);
            }
        };
    }

    /// <summary>What those were told who came when there was no room.</summary>
    public List<BookBusyException> Refused { get; } = [];

    /// <summary>Makes the book busy: one request waits for the disk, another one for that, and for a third there is no room.</summary>
    public static async Task<BusyBook> MakeAsync(GrainCluster cluster)
    {
        var busy = new BusyBook(cluster);
        busy._asked.Add(busy.AskAsync(0));
        await busy._isWriting.Task.WaitAsync(DiskFaults.Patience);
        busy._asked.AddRange(Enumerable.Range(1, 2).Select(busy.AskAsync));
        var refused = await Task.WhenAny(busy._asked);
        busy._asked.Remove(refused);
        busy.Refused.Add(await Assert.ThrowsAsync<BookBusyException>(() => refused));
        return busy;
    }

    /// <summary>The disk goes on, and those who waited are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        _hold.Set();
        Assert.All(await Task.WhenAll(_asked), reply => Assert.True(reply.Applied));
        _cluster.Disk.Watch = null;
        (_options.QueueMax, _options.CallsUnderWay) = (new BookSenderOptions().QueueMax, new BookSenderOptions().CallsUnderWay);
        _hold.Dispose();
    }

    private Task<BookReply> AskAsync(int asker) => _cluster.Grains.GetGrain<IAskingGrain>(asker).Ask(0, new BookRequest
    {
        WriterName = Keccak.HashUtf8($"busy:{Guid.NewGuid()}"),
        Transfers = [new Transfer { Debit = AccountId.Person(TestNetwork.Key("person0").Address), Credit = AccountId.Treasury, Amount = 1 }],
    });
}
