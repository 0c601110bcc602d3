using System.Collections.Immutable;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Money;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;

namespace Gaib.Silo.Export;

/// <summary>
/// Where an export reads: the book's journal, from which all that people ever signed is known, and the grains that those commands
/// name.
/// </summary>
internal sealed class ExportSource
{
    private ExportSource(IServiceProvider services, IReadOnlyList<JournalFrame> frames)
    {
        Grains = services.GetRequiredService<IGrainFactory>();
        Network = services.GetRequiredService<Network>();
        Store = services.GetRequiredService<IChunkStore>();
        Valuations = services.GetRequiredService<Serializer<ValuationResult>>();
        Frames = frames;
        Rows = [.. frames.SelectMany(frame => BookRow.Read(frame.Rows).Select(row => (frame.At, row)))];
        ExportedAt = long.Max(services.GetRequiredService<IClock>().Now, frames.Select(frame => frame.At).DefaultIfEmpty(long.MinValue).Max());
        Commands = [.. Rows.Select(row => row.Row).OfType<CommandRow>()];
    }

    public IGrainFactory Grains { get; }

    public Network Network { get; }

    public IChunkStore Store { get; }

    public Serializer<ValuationResult> Valuations { get; }

    /// <summary>The journal.</summary>
    public IReadOnlyList<JournalFrame> Frames { get; }

    /// <summary>Every journal row with its frame's time.</summary>
    public ImmutableArray<(long At, BookRow Row)> Rows { get; }

    /// <summary>Unix milliseconds at which the journal was read; no row of it is later, even where the clock was set back since.</summary>
    public long ExportedAt { get; }

    /// <summary>Every accepted command, in order.</summary>
    public ImmutableArray<CommandRow> Commands { get; }

    public IBookGrain Book => Grains.GetGrain<IBookGrain>(0);

    /// <exception cref="InvalidOperationException">The network has several books.</exception>
    public static async Task<ExportSource> OpenAsync(IServiceProvider services)
    {
        if (services.GetRequiredService<Network>().Books is > 1 and var books)
        {
            throw new InvalidOperationException($"An export holds one book, and this network has {books}.");
        }

        // Asking the book first makes sure that all that it shows is durable, and therefore in the journal that is read next.
        await services.GetRequiredService<IGrainFactory>().GetGrain<IBookGrain>(0).GetSequence();
        return new ExportSource(services, [.. services.GetRequiredService<IJournalStore>().Read(BookNames.Of(0))]);
    }

    /// <summary>Ids that commands of one type made: derived from signer and nonce.</summary>
    public IEnumerable<Hash32> IdsOf(string commandType, string idType) => Commands
        .Where(row => row.Command.Type == commandType)
        .Select(row => Ids.Derive(Network.Id, idType, row.Command.Account, row.Command.Nonce));

    /// <summary>The values of one member of all commands of a type, each once, in the order of first use.</summary>
    public IEnumerable<string> MembersOf(string commandType, string member) => Commands
        .Where(row => row.Command.Type == commandType)
        .Select(row => System.Text.Json.JsonDocument.Parse(row.Command.Payload).RootElement.GetProperty(member).GetString()!)
        .Distinct();
}
