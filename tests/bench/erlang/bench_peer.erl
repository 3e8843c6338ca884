%% SPDX-FileCopyrightText: 2026 The Geminga authors
%% SPDX-License-Identifier: LGPL-2.1-or-later
%%
%% The Erlang side of the benchmarks: reads lines "OPERATION N" from standard input, does so many
%% operations, and prints a number for each line when they are done. The one who writes the lines
%% takes the time.
-module(bench_peer).

-export([main/0]).
%% gen_server and supervisor
-export([init/1, handle_call/3, handle_cast/2, start_child/1]).

-define(TIMEOUT, 30000).

main() ->
    serve(undefined).

serve(State) ->
    case io:get_line("") of
        eof ->
            halt();
        Line ->
            [Operation, N] = string:lexemes(Line, " \n"),
            {Answer, NewState} = run(Operation, list_to_integer(N), State),
            io:format("~w~n", [Answer]),
            serve(NewState)
    end.

run("tell", N, State) -> {tell(N), State};
run("tell-number", N, State) -> {tell_number(N), State};
run("ask", N, State) -> {ask(N), State};
run("ask-1000", N, State) -> {ask_from(1000, N), State};
run("ask-number", N, State) -> {ask_number(N), State};
run("threads", N, State) -> {threads(4, N), State};
run("restart", N, State) -> {restart(N), State};
run("restart-100", N, State) -> {restart_in_hundreds(N), State};
run("spawn", N, _) -> spawn_idle(N);
run("stop", N, State) -> {stop_idle(N, State), undefined}.

%% tell: two processes send each other a message in turns

tell(N) ->
    Self = self(),
    B = spawn_link(fun() -> receive {meet, Other} -> pong(Other) end end),
    A = spawn_link(fun() -> B ! ping, ping(B, N), Self ! done end),
    B ! {meet, A},
    receive done -> N end.

ping(Other, N) ->
    receive
        ping when N =< 1 -> Other ! stop;
        ping -> Other ! ping, ping(Other, N - 1)
    end.

pong(Other) ->
    receive
        ping -> Other ! ping, pong(Other);
        stop -> ok
    end.

tell_number(N) ->
    Self = self(),
    B = spawn_link(fun() -> receive {meet, Other} -> count(Other) end end),
    A = spawn_link(fun() -> B ! {count, 2 * N - 1}, count(B), Self ! done end),
    B ! {meet, A},
    receive done -> N end.

count(Other) ->
    receive
        {count, 0} -> Other ! stop;
        {count, N} -> Other ! {count, N - 1}, count(Other);
        stop -> ok
    end.

%% ask: a process calls a gen_server with a timeout

init(server) ->
    {ok, 0};
init({supervisor, Owner}) ->
    Child = #{id => child, start => {?MODULE, start_child, [Owner]}},
    {ok, {#{strategy => one_for_one, intensity => 1000000000, period => 1}, [Child]}}.

handle_call(ping, _From, State) ->
    {reply, ok, State};
handle_call({add, N}, _From, State) ->
    {reply, State + N, State}.

handle_cast(_, State) ->
    {noreply, State}.

%% Runs the function in so many processes at once and waits for all.
in_processes(Count, Fun) ->
    Pids = [spawn_monitor(Fun) || _ <- lists:seq(1, Count)],
    [receive {'DOWN', Ref, process, Pid, normal} -> ok end || {Pid, Ref} <- Pids].

with_server(Count, Fun) ->
    {ok, Server} = gen_server:start(?MODULE, server, []),
    in_processes(Count, fun() -> Fun(Server) end),
    gen_server:stop(Server).

ask(N) ->
    ask_from(1, N).

ask_from(Callers, N) ->
    with_server(Callers, fun(Server) -> call(Server, N div Callers) end),
    N.

call(_, 0) ->
    ok;
call(Server, N) ->
    ok = gen_server:call(Server, ping, ?TIMEOUT),
    call(Server, N - 1).

ask_number(N) ->
    with_server(1, fun(Server) -> call_number(Server, N) end),
    N.

call_number(_, 0) ->
    ok;
call_number(Server, N) ->
    N = gen_server:call(Server, {add, N}, ?TIMEOUT),
    call_number(Server, N - 1).

%% threads: some processes send to one, on as many schedulers as there are processors

threads(Senders, N) ->
    Count = N div Senders,
    Self = self(),
    Receiver = spawn_opt(fun() -> take(Senders * Count), Self ! done end,
                         [link, {message_queue_data, off_heap}]),
    [spawn_link(fun() -> send(Receiver, Count) end) || _ <- lists:seq(1, Senders)],
    receive done -> N end.

send(_, 0) ->
    ok;
send(Receiver, N) ->
    Receiver ! ping,
    send(Receiver, N - 1).

take(0) ->
    ok;
take(N) ->
    receive ping -> take(N - 1) end.

%% restart: a child crashes when it is told to; it tells its owner that it has started

restart(N) ->
    %% Nobody wants to read about it.
    logger:set_primary_config(level, none),
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, self()}),
    crash(N),
    receive {started, _} -> ok end,
    unlink(Supervisor),
    gen_server:stop(Supervisor),
    N.

%% A supervisor walks the list of its restarts of the last second with each one: here it is short.
restart_in_hundreds(N) ->
    [restart(100) || _ <- lists:seq(1, N div 100)],
    N.

crash(0) ->
    ok;
crash(N) ->
    receive {started, Child} -> Child ! crash end,
    crash(N - 1).

start_child(Owner) ->
    Child = spawn_link(fun() -> receive crash -> exit(crash) end end),
    Owner ! {started, Child},
    {ok, Child}.

%% spawn: processes that wait; the answer is how many bytes each adds to the resident memory

spawn_idle(N) ->
    Counter = counters:new(1, []),
    Before = resident(),
    Pids = spawn_idle(N, Counter, []),
    wait_for(Counter, N),
    {(resident() - Before) div N, {Pids, Counter}}.

spawn_idle(0, _, Pids) ->
    Pids;
spawn_idle(N, Counter, Pids) ->
    spawn_idle(N - 1, Counter, [spawn(fun() -> idle(Counter) end) | Pids]).

idle(Counter) ->
    counters:add(Counter, 1, 1),
    receive stop -> counters:sub(Counter, 1, 1) end.

stop_idle(N, {Pids, Counter}) ->
    [Pid ! stop || Pid <- Pids],
    wait_for(Counter, 0),
    N.

wait_for(Counter, Value) ->
    case counters:get(Counter, 1) of
        Value -> ok;
        _ -> timer:sleep(1), wait_for(Counter, Value)
    end.

resident() ->
    {ok, Statm} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(binary_to_list(Statm), " "),
    list_to_integer(Pages) * 4096.
