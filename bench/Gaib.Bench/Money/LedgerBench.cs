using System.Diagnostics;
using System.Globalization;
using Gaib.Abstractions.Money;
using Gaib.Client.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gaib.Bench.Money;

/// <summary>Durable transfers through a gateway: the silo in one process, callers in this one.</summary>
internal static class LedgerBench
{
    private const int Accounts = 10_000;

    public static async Task RunAsync(bool isShort)
    {
        var folder = Directory.CreateTempSubdirectory("gaib-bench-").FullName;
        using var server = Start(folder);
        var gateway = int.Parse(server.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client => client.UseLocalhostClustering(gateway, serviceId: "gaib", clusterId: "gaib"));
        using (var host = builder.Build())
        {
            await host.StartAsync();
            var book = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IBookGrain>(0);
            await FundAsync(book);
            foreach (var hot in new[] { false, true })
            {
                foreach (var (batch, callers) in new[] { (1, 64), (10, 64), (100, 64), (1_000, 8), (8_000, 4) })
                {
                    Console.WriteLine(await MeasureAsync(book, batch, callers, hot, isShort ? 3 : 10));
                }
            }

            await host.StopAsync();
        }

        server.StandardInput.Close();
        await server.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> MeasureAsync(IBookGrain book, int batch, int callers, bool hot, int seconds)
    {
        var options = new TransferWriterOptions { BatchMax = int.Max(1_000, batch), QueueMax = 1 << 20 };
        var writers = await Task.WhenAll(Enumerable.Range(0, int.Min(4, callers)).Select(_ => TransferWriter.OpenAsync(book, options: options)));
        var (done, latencies) = (0L, new List<double>());
        var watch = Stopwatch.StartNew();
        double warm = seconds / 4.0, from = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            var transfers = new Transfer[batch];
            var mine = new List<double>();
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                Fill(transfers, random, hot);
                var begun = watch.Elapsed.TotalMilliseconds;
                var answers = await writers[caller % writers.Length].SendAsync(transfers);
                if (!answers[^1].Applied)
                {
                    throw new InvalidOperationException(answers[^1].ToString());
                }

                if (begun > warm * 1_000)
                {
                    mine.Add(watch.Elapsed.TotalMilliseconds - begun);
                    Interlocked.Add(ref done, batch);
                    Interlocked.CompareExchange(ref from, begun, 0);
                }
            }

            lock (latencies)
            {
                latencies.AddRange(mine);
            }
        })));
        var rate = done / ((watch.Elapsed.TotalMilliseconds - from) / 1_000);
        foreach (var writer in writers)
        {
            await writer.DisposeAsync();
        }

        latencies.Sort();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(hot ? "hot    " : "uniform")} batch {batch,5} x {callers,2}: {rate,12:N0} /s   p50 {At(latencies, .5):F1} ms  p99 {At(latencies, .99):F1} ms  p100 {latencies[^1]:F1} ms");
    }

    private static double At(List<double> sorted, double part) => sorted[(int)(part * (sorted.Count - 1))];

    private static void Fill(Transfer[] transfers, Random random, bool hot)
    {
        for (var i = 0; i < transfers.Length; i++)
        {
            var from = 1 + random.Next(Accounts - 1);
            transfers[i] = new Transfer
            {
                Debit = PersonOf(from), Credit = PersonOf(hot ? 0 : from == Accounts - 1 ? 1 : from + 1), Amount = 1,
            };
        }
    }

    private static async Task FundAsync(IBookGrain book)
    {
        await using var writer = await TransferWriter.OpenAsync(book, "bench funds");
        foreach (var chunk in Enumerable.Range(0, Accounts).Chunk(5_000))
        {
            await writer.SendAsync(chunk.Select(i => new Transfer { Debit = AccountId.Issuance, Credit = PersonOf(i), Amount = 1UL << 50 }).ToArray());
        }
    }

    private static AccountId PersonOf(int i)
    {
        Span<byte> address = stackalloc byte[Address.Size];
        address.Fill(1);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(address, i * 0x01000193);
        return AccountId.Person(new Address(address));
    }

    private static Process Start(string folder)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { typeof(LedgerBench).Assembly.Location, "serve", folder },
        };
        return Process.Start(start)!;
    }
}
