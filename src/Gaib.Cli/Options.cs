using System.CommandLine;
using System.Globalization;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Cli;

/// <summary>Options that more than one command has, or whose values need more than their type. What is wrong is said by the option's name.</summary>
internal static class Options
{
    private const int ThreadsMax = 256;

    public static Option<ulong?> Seed() => new("--seed")
    {
        Description = "Fixes people, data split, misbehaviour and all results. Default: drawn, and printed.",
        CustomParser = result =>
        {
            if (ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
            {
                return seed;
            }

            result.AddError($"--seed takes a whole number from 0 to {ulong.MaxValue}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    public static Option<int> Threads() => new("--threads")
    {
        Description = "Threads of each CPU worker; changes no result.",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var threads)
                && threads is >= 1 and <= ThreadsMax)
            {
                return threads;
            }

            result.AddError($"--threads takes a whole number from 1 to {ThreadsMax}, not '{result.Tokens[0].Value}'.");
            return 0;
        },
    };

    public static Option<string> Format()
    {
        var format = new Option<string>("--format")
        {
            Description = "text, or json: one object on standard output, all else on standard error.",
            DefaultValueFactory = _ => "text",
        };
        format.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && given.Value is not ("text" or "json"))
            {
                result.AddError($"--format takes text or json, not '{given.Value}'.");
            }
        });
        return format;
    }

    public static Option<string> Folder(string name, string description, string? otherwise)
    {
        var folder = new Option<string>(name) { Description = description, Required = otherwise is null };
        if (otherwise is not null)
        {
            folder.DefaultValueFactory = _ => otherwise;
        }

        folder.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            {
                result.AddError($"{name} takes the name of a folder, not an empty text.");
            }
        });
        return folder;
    }

    public static Option<IReadOnlySet<HeldBackKind>> Burn() => new("--burn")
    {
        Description = "Held-back parts to reveal for good, of door,round,test. Default: none.",
        DefaultValueFactory = _ => new HashSet<HeldBackKind>(),
        CustomParser = result =>
        {
            var kinds = new HashSet<HeldBackKind>();
            foreach (var name in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
            {
                HeldBackKind? kind = name.ToLowerInvariant() switch
                {
                    "door" => HeldBackKind.Door,
                    "round" => HeldBackKind.Round,
                    "test" => HeldBackKind.Test,
                    _ => null,
                };
                if (kind is null)
                {
                    result.AddError($"--burn takes door, round and test with commas between, not '{name}'.");
                    return kinds;
                }

                kinds.Add(kind.Value);
            }

            return kinds;
        },
    };

    public static Argument<Hash32?> Receipt() => new("receipt")
    {
        Description = "The receipt's hash. Default: the first receipt.",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            if (result.Tokens is not [var given])
            {
                return null;
            }

            try
            {
                return Hash32.Parse(given.Value);
            }
            catch (FormatException fault)
            {
                result.AddError($"'{given.Value}' is not the hash of a receipt. {fault.Message}");
                return null;
            }
        },
    };
}
