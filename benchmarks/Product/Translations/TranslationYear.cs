using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.TestKit.Product;
using Npgsql;

namespace Cleiss.Product.Translations;

/// <summary>
/// A year of translation requests in small, over HTTP with the clock moved: four rounds, each played to its end, then everything is counted in
/// the database and the product's own check is run.
/// </summary>
public sealed partial class TranslationYear(ProductHost host, string database, int count) : IDisposable
{
    private const int Callers = 8;
    private const int Rounds = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Percentiles _times = new();
    private readonly ProductClient _manager = new(host.Address, "traduction");
    private readonly ProductClient _translator = new(host.Address, "traducteur");
    private readonly ProductClient _reviser = new(host.Address, "reviseur");
    private readonly ProductClient _admin = new(host.Address, "admin");
    private readonly HttpClient _stranger = new() { BaseAddress = host.Address, Timeout = TimeSpan.FromMinutes(1) };
    private readonly List<string> _months = [];

    public void Dispose()
    {
        foreach (var person in new[] { _manager, _translator, _reviser, _admin })
        {
            person.Dispose();
        }

        _stranger.Dispose();
    }

    public async Task RunAsync()
    {
        await Task.WhenAll(_manager.SignInAsync(), _translator.SignInAsync(), _reviser.SignInAsync(), _admin.SignInAsync());
        var plan = PlannedRequest.Year(count);
        var clock = Stopwatch.StartNew();
        foreach (var (part, round) in plan.Chunk((count + Rounds - 1) / Rounds).Select((part, round) => (part, round)))
        {
            var begun = clock.Elapsed;
            await PlayAsync(part);
            Say($"round {round + 1}, {part.Length} requests", $"{(clock.Elapsed - begun).TotalSeconds:F0} s");
        }

        Say($"{count} requests, from the first to the last closed", $"{clock.Elapsed.TotalSeconds:F0} s, {count / clock.Elapsed.TotalMinutes:F0} a minute");
        foreach (var line in _times.Lines())
        {
            Console.Out.WriteLine(line);
        }

        await CountAsync(plan);
    }

    private static void Say(string what, string figure) => Console.Out.WriteLine($"{what}: {figure}");

    private async Task PlayAsync(IReadOnlyList<PlannedRequest> part)
    {
        var open = new List<(PlannedRequest Plan, string Id)>();
        await EachAsync(part, async request =>
        {
            var id = await OpenAsync(request);
            lock (open)
            {
                open.Add((request, id));
            }
        });
        var month = (await _admin.GetAsync("api/clock"))!["now"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM", CultureInfo.InvariantCulture);

        // The first day: certifications, in-house translations, and providers who answer at once.
        await EachAsync(open, one => one.Plan switch
        {
            { Certification: true } => CompleteAsync(one.Id, "verifier", _reviser, "Certifier"),
            { InHouse: true } => TranslateAsync(one.Id),
            { Course: Course.Lapsed } => Task.CompletedTask,
            { Course: Course.Declined } => DeclineThenAcceptAsync(one.Id),
            _ => AcceptAsync(one.Id, 1),
        });

        // Five days on: who has not answered has lost the order; the others deliver.
        await AdvanceAsync(5);
        await EachAsync(open.Where(one => one.Plan.Course == Course.Lapsed), one => AcceptAsync(one.Id, 2));
        await EachAsync(open.Where(one => one.Plan.Ordered && one.Plan.Course != Course.Late), one => DeliverAsync(one.Id, one.Plan.Course == Course.SentBack));
        await EachAsync(open.Where(one => one.Plan.Course != Course.Late), one => ClosedAsync(one.Id));

        // Day 22: the late ones are past the promise, and nobody else is.
        await AdvanceAsync(17);
        await EachAsync(open.Where(one => one.Plan.Course == Course.Late), one => LateAsync(one.Id));
        await AdvanceAsync(70);
        _months.Add(month);
        if (_months.Distinct(StringComparer.Ordinal).Count() == _months.Count)
        {
            await CloseMonthsAsync();
        }
    }

    private async Task<string> OpenAsync(PlannedRequest request)
    {
        var input = new JsonObject
        {
            ["organisme"] = request.Number % 5 < 3 ? "CPAM de l'Exemple" : "CARSAT de l'Exemple",
            ["courriel"] = "caisse@exemple.fr",
            ["nature"] = request.Certification ? "certification" : "traduction",
            ["sens"] = "version",
            ["langue"] = request.Language,
            ["typeDocument"] = request.Number % 100 < 71 ? "etat-civil" : "autre",
            ["document"] = await FileAsync(_manager, "document.txt", request.Document),
            ["donneesPersonnelles"] = "oui",
        };
        if (request.Certification)
        {
            input["traductionPresentee"] = await FileAsync(_manager, "traduction.txt", Translated());
        }

        var body = new JsonObject { ["input"] = input, ["operationId"] = "annee-" + request.Number.ToString(CultureInfo.InvariantCulture) };
        var opened = await _times.TimeAsync("open a request", () => _manager.PostAsync("api/processes/traduction/cases", body));

        // Every tenth caller is not sure that it worked and says the same again.
        if (request.Number % 10 == 0)
        {
            var again = await _manager.PostAsync("api/processes/traduction/cases", body.DeepClone());
            Demand(again!["caseId"]!.GetValue<string>() == opened!["caseId"]!.GetValue<string>(), "A repeated request opened another case.");
        }

        return opened!["caseId"]!.GetValue<string>();
    }

    private async Task TranslateAsync(string id)
    {
        await CompleteAsync(id, "traduire", _translator, "Remettre la traduction", new JsonObject { ["traduction"] = await FileAsync(_translator, "traduction.txt", Translated()) });
        await CompleteAsync(id, "reviser-interne", _reviser, "Certifier");
    }

    private async Task AcceptAsync(string id, int number) => await AnswerAsync("provider accepts", await TokenAsync(id, "traduction/commande", number), "Accepter");

    private async Task DeclineThenAcceptAsync(string id)
    {
        await AnswerAsync("provider declines", await TokenAsync(id, "traduction/commande", 1), "Décliner", reason: "Pas de traducteur disponible.");
        await AcceptAsync(id, 2);
    }

    private async Task DeliverAsync(string id, bool sentBack)
    {
        await HandInAsync(id, 1);
        if (sentBack)
        {
            await CompleteAsync(id, "reviser-prestataire", _reviser, "Renvoyer", reason: "Les dates sont fausses.");
            await HandInAsync(id, 2);
        }

        await CompleteAsync(id, "reviser-prestataire", _reviser, "Certifier");
    }

    /// <summary>The delay for the delivery has passed as well: the manager waits on, and a new link is sent.</summary>
    private async Task LateAsync(string id)
    {
        Demand((await CaseAsync(id))["case"]!["state"]!.GetValue<string>() != "closed", "A late request is closed at day 22.");

        // Eight days are seconds here, and the alerts leave one after the other: nobody acts before the last.
        await MailsAsync(id, "traduction/alerte", 3);
        await CompleteAsync(id, "decider-retard", _manager, "Attendre encore");
        await HandInAsync(id, 2);
        await CompleteAsync(id, "reviser-prestataire", _reviser, "Certifier");
        await ClosedAsync(id);
    }

    private async Task HandInAsync(string id, int number)
    {
        var token = await TokenAsync(id, "traduction/livraison-attendue", number);
        using var form = new MultipartFormDataContent { { new StringContent(token), "token" }, { new ByteArrayContent(Translated()), "file", "traduction.txt" } };
        using var kept = await _stranger.PostAsync(new Uri("api/partner-links/files", UriKind.Relative), form);
        var file = JsonNode.Parse(await kept.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        await AnswerAsync("provider delivers", token, "Livrer", new JsonObject { ["traduction"] = new JsonObject { ["id"] = file["id"]!.DeepClone(), ["name"] = "traduction.txt" } });
    }

    private async Task AnswerAsync(string step, string token, string action, JsonObject? data = null, string? reason = null) => await _times.TimeAsync(step, async () =>
    {
        using var body = new StringContent(
            new JsonObject { ["token"] = token, ["actionKey"] = action, ["data"] = data, ["reason"] = reason }.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var answer = await _stranger.PostAsync(new Uri("api/partner-links/answer", UriKind.Relative), body);
        return answer.EnsureSuccessStatusCode().StatusCode;
    });

    private async Task CompleteAsync(string id, string step, ProductClient person, string action, JsonObject? data = null, string? reason = null)
    {
        var task = await UntilAsync(id, $"at « {step} »", detail => detail["openTasks"]!.AsArray().FirstOrDefault(task => task!["activityId"]!.GetValue<string>() == step));
        await _times.TimeAsync("complete « " + step + " »", () => person.PostAsync($"elsa/api/user-tasks/{task["id"]!.GetValue<string>()}/complete", new JsonObject
        {
            ["actionKey"] = action,
            ["data"] = data,
            ["reason"] = reason,
            ["expectedRevision"] = task["revision"]!.GetValue<int>(),
            ["operationId"] = Guid.NewGuid().ToString("N"),
        }));
    }

    private Task<JsonNode> ClosedAsync(string id) => UntilAsync(id, "closed", detail => detail["case"]!["state"]!.GetValue<string>() == "closed" ? detail : null);

    private async Task<string> TokenAsync(string id, string template, int number) =>
        LinkInBody().Match((await MailsAsync(id, template, number))[number - 1]!["body"]!.GetValue<string>()).Groups["token"].Value;

    /// <summary>The mails of this template, oldest first, once so many have left.</summary>
    private async Task<IReadOnlyList<JsonNode?>> MailsAsync(string id, string template, int number)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience)
        {
            var mails = (await _manager.GetAsync($"api/mails?case={id}"))!["items"]!.AsArray()
                .Where(mail => mail!["template"]!.GetValue<string>() == template && mail["state"]!.GetValue<string>() == "sent")
                .OrderBy(mail => mail!["createdAt"]!.GetValue<DateTimeOffset>()).ToList();
            if (mails.Count >= number)
            {
                return mails;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"Mail {number} of {template} of case {id} never left.");
    }

    private async Task<JsonNode> CaseAsync(string id) => (await _manager.GetAsync("api/cases/" + id))!;

    private async Task<JsonNode> UntilAsync(string id, string what, Func<JsonNode, JsonNode?> find)
    {
        var clock = Stopwatch.StartNew();
        JsonNode detail;
        do
        {
            detail = await CaseAsync(id);
            if (find(detail) is { } found)
            {
                return found;
            }

            await Task.Delay(50);
        }
        while (clock.Elapsed < Patience);
        throw new TimeoutException($"Case {id} is not {what}: {detail["case"]}");
    }

    private async Task<JsonObject> FileAsync(ProductClient person, string name, byte[] content) =>
        new() { ["id"] = await _times.TimeAsync("upload a document", () => person.UploadAsync(name, content)), ["name"] = name };

    private static byte[] Translated() => System.Text.Encoding.UTF8.GetBytes("Traduction " + Guid.NewGuid().ToString("N"));

    private Task<JsonNode?> AdvanceAsync(int days) => _admin.PostAsync("api/clock/advance", new JsonObject { ["by"] = $"{days.ToString(CultureInfo.InvariantCulture)}.00:00:00" });

    private async Task CloseMonthsAsync()
    {
        foreach (var month in (await _manager.GetAsync("api/translations/months"))!["open"]!.AsArray().Where(month => month!["over"]!.GetValue<bool>()).Select(month => month!["month"]!.GetValue<string>()))
        {
            await _times.TimeAsync("close a month", () => _manager.PostAsync($"api/translations/months/{month}/close", new JsonObject()));
        }
    }

    private static async Task EachAsync<T>(IEnumerable<T> items, Func<T, Task> act) =>
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (item, _) => await act(item));

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    /// <summary>What the plan says must be there, neither more nor less.</summary>
    private async Task CountAsync(IReadOnlyList<PlannedRequest> plan)
    {
        int Many(Func<PlannedRequest, bool> which) => plan.Count(which);
        var (ordered, second, late) = (Many(one => one.Ordered), Many(one => one.Course is Course.Declined or Course.Lapsed), Many(one => one.Course == Course.Late));
        var sentBack = Many(one => one.Course == Course.SentBack);
        (string What, int Expected, string Sql)[] counts =
        [
            ("requests", plan.Count, "select count(*) from cases where process_key = 'traduction'"),
            ("requests closed as delivered", plan.Count, "select count(*) from cases where process_key = 'traduction' and state = 'closed' and status = 'Livrée'"),
            ("in-house", Many(one => one.InHouse), "select count(*) from translation_requests where route = 'inhouse'"),
            ("orders delivered, one for each request that went out", ordered, "select count(distinct case_id) from translation_orders where state = 'delivered'"),
            ("orders", ordered + second, "select count(*) from translation_orders"),
            ("orders declined", Many(one => one.Course == Course.Declined), "select count(*) from translation_orders where state = 'declined'"),
            ("orders lapsed", Many(one => one.Course == Course.Lapsed), "select count(*) from translation_orders where state = 'lapsed'"),
            ("purchase orders printed", ordered + second, "select count(*) from documents where series = 'BC' and state = 'valid'"),
            ("certification pages printed", plan.Count, "select count(*) from documents where series = 'CERT' and state = 'valid'"),
            ("mails with an order", ordered + second, "select count(*) from mails where template = 'traduction/commande' and state = 'sent'"),
            ("mails that ask for the delivery", ordered + sentBack + late, "select count(*) from mails where template = 'traduction/livraison-attendue' and state = 'sent'"),
            ("mails that hand over", plan.Count, "select count(*) from mails where template = 'traduction/livraison' and state = 'sent'"),
            ("alerts of days 14, 20 and 21", late * 3, "select count(distinct (case_id, reminder_number)) from mails where template = 'traduction/alerte' and state = 'sent'"),
            ("all mails", ordered + second + ordered + sentBack + late + plan.Count + late * 3, "select count(*) from mails"),
            ("costs", ordered, "select count(*) from translation_costs"),
            ("costs that are not words ÷ 300 × the price of their date, to the cent", 0,
                """
                select count(*) from translation_costs c join translation_orders o on o.id = c.order_id join translation_requests r on r.case_id = o.case_id
                where c.cents <> round(o.words::numeric * (select cents from translation_prices p where p.language = r.language and p.direction = r.direction
                  and p.valid_from <= (o.ordered_at at time zone 'Europe/Paris')::date order by p.valid_from desc limit 1) / 300)
                """),
            ("words ordered beyond a ceiling or not accounted for", 0,
                "select count(*) from translation_lots l where ordered_words > ceiling_words or ordered_words <> (select coalesce(sum(words), 0) from translation_orders o where o.lot = l.number and o.state = 'delivered')"),
            ("requests past 21 days", late, "select count(*) from cases where (closed_at at time zone 'Europe/Paris')::date - received_on > 21"),
            ("numbers missing in a series", 0, "select count(*) from document_series s where s.last_number <> (select count(*) from documents d where d.series = s.series and d.year = s.year)"),
            ("effects left over", 0, "select count(*) from outbox"),
        ];
        await using var source = NpgsqlDataSource.Create(database);
        var wrong = new List<string>();
        foreach (var (what, expected, sql) in counts)
        {
            await using var command = source.CreateCommand(sql);
            var found = Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
            Say(what, found == expected ? $"{found}" : $"{found}, expected {expected}");
            if (found != expected)
            {
                wrong.Add(what);
            }
        }

        var (exitCode, said) = await VerifyCommand.RunAsync(database);
        Say("verify", exitCode == 0 ? "every rule of the product holds" : said);
        Demand(wrong.Count == 0 && exitCode == 0, $"Not as planned: {string.Join(", ", wrong)}.");
    }

    [GeneratedRegex("/partenaire/(?<token>[A-Za-z0-9_-]{43})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LinkInBody();
}
