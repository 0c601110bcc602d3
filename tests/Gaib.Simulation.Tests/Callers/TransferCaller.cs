using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>
/// A writer on another machine: it opens itself anew now and then, has up to two batches under way, repeats what was not answered until it is,
/// and lets old messages loose again.
/// </summary>
internal sealed class TransferCaller(Outside outside, string name, uint number)
{
    private readonly TransferDraw _draw = new(outside.Random, outside.Town, number);
    private readonly SortedSet<ulong> _open = [];
    private readonly List<BookRequest> _old = [];
    private ulong _next;
    private ulong _noted;
    private int _life;

    /// <summary>Goes on until the world ends.</summary>
    public async Task RunAsync()
    {
        var book = outside.Book(number);
        while (!outside.IsEnding)
        {
            var opened = Keccak.HashUtf8($"{name} {_life}");
            var isEphemeral = outside.Random.Next(2) == 0;
            var writer = await outside.RetryAsync(() => isEphemeral ? book.OpenEphemeralWriter() : book.OpenWriter(opened));
            await Task.WhenAll(WriteAsync(book, writer, _life), WriteAsync(book, writer, _life));
            if (isEphemeral && outside.Random.Next(3) > 0)
            {
                // Its old messages are still let loose; the book must not know them any more.
                Outside.Forget(book.CloseWriter(writer));
                outside.Log.See("writer closed");
            }

            (_next, _life) = (0, _life + 1);
            _open.Clear();
            outside.Log.See("writer opened anew");
        }
    }

    private async Task WriteAsync(IBookGrain book, ulong writer, int life)
    {
        while (!outside.IsEnding && (life > 0 || outside.Random.Next(60) > 0))
        {
            await outside.Wire.Pause(1 + outside.Random.Next(12));
            var first = _next;
            var transfers = _draw.Draw(writer, first, outside.ClockOf(number).Now);
            _next += (ulong)transfers.Length;
            _open.Add(first);
            await SendAsync(book, Request(writer, transfers));
            _open.Remove(first);
            Repeat(book);
            if (outside.Town.Books > 1 && outside.Random.Next(6) == 0)
            {
                Outside.Forget(book.Deliver());
            }
        }
    }

    private BookRequest Request(ulong writer, Transfer[] transfers)
    {
        var random = outside.Random;
        var request = new BookRequest
        {
            Writer = random.Next(60) == 0 ? writer + 5_000 : writer,
            AnsweredThrough = _open.Min,
            Transfers = [.. transfers],
            Collects = [.. _draw.Collects()],
            Assets = random.Next(30) > 0 || number > 0 ? [] : [Odd(random.Next(4))],
            Notes = random.Next(6) > 0 ? [] : [new Note(Keccak.HashUtf8(name), [.. transfers[0].Id.ToString(null, null)!.Select(c => (byte)c)], random.Next(2) == 0 ? null : _noted)],
        };
        if (random.Next(80) == 0)
        {
            request = request with { Transfers = [transfers[0] with { Id = Transfer.IdOf(writer, _next + 20_000), Flags = TransferFlags.None }] };
        }

        _old.Add(request);
        return request;
    }

    private static AssetRecord Odd(int kind) => kind switch
    {
        0 => Cast.Assets[1],
        1 => Cast.Assets[1] with { Frozen = true },
        2 => new AssetRecord(AssetId.Gaib, Cast.Pools[0], false, default),
        _ => new AssetRecord(new AssetId(5), Cast.Pools[0], false, default),
    };

    private async Task SendAsync(IBookGrain book, BookRequest request)
    {
        if (request is { Collects.IsEmpty: true, Assets.IsEmpty: true, Notes.IsEmpty: true })
        {
            var batch = TransferBatch.Of(request.Writer, request.AnsweredThrough, request.Transfers.AsSpan());
            outside.Log.See(batch.IsPlain ? "plain batch" : "whole batch");
            await outside.RetryAsync(() => book.SubmitBatch(batch));
        }
        else
        {
            var reply = await outside.RetryAsync(() => book.Submit(request));
            _noted = reply.Result is { Reason: Reason.NoteMisplaced, Limit: var count } ? (ulong)count : _noted + (ulong)request.Notes.Length;
        }
    }

    /// <summary>A message from long ago comes again, or one that took its id.</summary>
    private void Repeat(IBookGrain book)
    {
        if (outside.Random.Next(8) == 0)
        {
            outside.Log.See("old message");
            var old = _old[outside.Random.Next(_old.Count)];
            var changed = outside.Random.Next(3) > 0 ? old : old with { Transfers = [.. old.Transfers.Select(t => t with { Cause = Cast.Models[0] })] };
            Outside.Forget(book.Submit(changed));
        }
    }
}
