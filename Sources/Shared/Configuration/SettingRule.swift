/// A setting: its key in CGRU's files, what it may hold, and its default (reference/afanasy.md section 10.2).
public struct SettingRule: Sendable {
  public enum Kind: Sendable, Hashable {
    case string
    case integer(ClosedRange<Int64>)
    case bool
    case strings
    case word([String])
    /// Anything: a key of CGRU that no program of Reeve reads.
    case any
  }

  public let name: String
  public let kind: Kind
  /// As JSON; nil: none.
  public let fallback: String?
  /// One line for reeve-config(5); empty for keys that are only tolerated.
  public let meaning: String

  init(_ name: String, _ kind: Kind, _ fallback: String? = nil, _ meaning: String = "") {
    self.name = name
    self.kind = kind
    self.fallback = fallback
    self.meaning = meaning
  }

  /// Whether some program of Reeve acts on it.
  public var isRead: Bool { !meaning.isEmpty }

  static let seconds: ClosedRange<Int64> = 1...86_400

  /// The settings that Reeve acts on.
  public static let read: [SettingRule] = [
    SettingRule("af_servername", .string, "\"localhost\"", "Host of the server that clients connect to."),
    SettingRule("af_serverport", .integer(0...65535), "51000", "Port of the server."),
    SettingRule("af_server_listen", .string, "\"127.0.0.1\"", "Address that the server listens on; 0.0.0.0 or :: for all."),
    SettingRule(
      "af_enroll", .word(["loopback", "open"]), "\"loopback\"",
      "Who may connect: programs on the server's own machine only, or anybody who reaches the port."),
    SettingRule("af_server_max_connections", .integer(16...100_000), "12000", "Connections at once; further ones are refused."),
    SettingRule(
      "af_server_address_connections", .integer(1...100_000), "2000",
      "Connections at once of one address other than the server's own machine; further ones are refused."),
    SettingRule(
      "af_server_address_rate", .integer(1...100_000), "200",
      "New connections a second of one such address, in the long run; further ones are refused."),
    SettingRule(
      "af_server_address_burst", .integer(1...100_000), "2000", "New connections of one such address in one go."),
    SettingRule(
      "af_super_user_timeout", .integer(seconds), "900",
      "Seconds without a request after which a connection's raised role ends."),
    SettingRule(
      "af_recorder_size", .integer(0...1_048_576), "256",
      "Disk that the flight recorder takes at most, in MiB; 0: nothing is recorded."),
    SettingRule("af_priority", .integer(0...255), "99", "Priority of a job that names none."),
    SettingRule(
      "af_task_error_retries", .integer(0...127), "3", "Tries after the first failure of a task, unless its block says otherwise."),
    SettingRule(
      "af_errors_avoid_host", .integer(0...127), "3",
      "Errors of a block on a render after which it avoids that render, for users who say nothing else; 0: never."),
    SettingRule(
      "af_task_errors_same_host", .integer(0...127), "3",
      "The same of one task."),
    SettingRule(
      "af_errors_forgivetime", .integer(0...1_000_000_000), "18000",
      "Seconds after which a render's errors are forgiven, for users who say nothing else; 0: never."),
    SettingRule(
      "af_jobs_life_time", .integer(-1...1_000_000_000), "0",
      "Seconds from a job's creation to its deletion, for users who say nothing else; 0 and -1: no end."),
    SettingRule(
      "af_task_progress_change_timeout", .integer(-1...1_000_000_000), "-1",
      "Seconds without progress after which a task is an error, unless its block says otherwise; -1: off."),
    SettingRule(
      "af_max_running_tasks", .integer(-1...1_000_000), "-1",
      "Tasks of a new user that run at once; -1: any number, 0: none."),
    SettingRule(
      "af_max_run_tasks_per_host", .integer(-1...10_000), "-1", "The same on one render."),
    SettingRule(
      "af_fairshare_halflife", .integer(0...100_000_000), "0",
      "Seconds in which past use of the farm comes to count half, so that who had it all night yields in the morning; 0: it counts for nothing."
    ),
    SettingRule(
      "af_task_reconnect_timeout", .integer(seconds), "120",
      "Seconds a render may stay away, since its last sign of life or since the server started, before its tasks go back on the queue."
    ),
    SettingRule(
      "af_render_zombie_time", .integer(2...86_400), "16", "Seconds without a sign of life after which a render is offline."),
    SettingRule("af_render_heartbeat_sec", .integer(1...3600), "4", "Seconds between a render's signs of life."),
    SettingRule("af_render_resources_sec", .integer(1...3600), "10", "Seconds between two measurements of a render's machine."),
    SettingRule(
      "af_render_default_capacity", .integer(1...1_000_000_000), "1100",
      "Capacity of a render, unless its agent or a pool says something else."),
    SettingRule(
      "af_render_default_max_tasks", .integer(1...1000), "4",
      "Tasks at once on a render, unless its agent or a pool says something else."),
    SettingRule(
      "af_undo_grace", .integer(0...86_400), "30",
      "Seconds for which an order can be undone, and a deletion is not final; 0: never."),
    SettingRule(
      "af_sysjob_tasksmax", .integer(1...10_000), "1000",
      "Tasks of one block of the system job that are ready or run at once; further commands wait."),
    SettingRule(
      "af_sysjob_tasklife", .integer(1...1_000_000_000), "1800",
      "Seconds after which a task of the system job that does not run is given up."),
    SettingRule("af_sysjob_postcmd_service", .string, "\"postcmd\"", "Service that runs the commands of jobs."),
    SettingRule("af_sysjob_events_service", .string, "\"events\"", "Service that is given events."),
    SettingRule("af_sysjob_wol_service", .string, "\"wakeonlan\"", "Service that wakes renders."),
    SettingRule(
      "af_render_cmd_wolwake", .string, "\"wolwake\"",
      "Command line that wakes a render, with its network addresses behind; the word wolwake is reeve-render's own."),
    SettingRule(
      "af_wol_wake_timeout", .integer(10...86_400), "300", "Seconds in which a render that is woken must be there."),
    SettingRule("af_wolwake_interval", .integer(0...3600), "10", "Seconds between the wakes of two renders."),
    SettingRule(
      "af_render_overflow_mem", .integer(-1...100), "-1",
      "Per cent of free memory at or below which a render is overloaded; -1: never."),
    SettingRule("af_render_overflow_swap", .integer(-1...100), "-1", "The same of free swap space."),
    SettingRule("af_render_overflow_hdd", .integer(-1...100), "-1", "The same of free space on its disk."),
    SettingRule("af_render_nice", .integer(-20...19), "10", "Niceness of tasks."),
    SettingRule("af_render_hddspace_path", .string, "\"/\"", "File system whose space a render reports."),
    SettingRule("cmd_shell", .string, "\"/bin/sh -c\"", "Shell that runs a task's command line."),
    SettingRule(
      "af_render_cmd_wolsleep", .string, "\"wolsleep\"",
      "Command line that puts a render to sleep; the word wolsleep is reeve-render's own."),
    SettingRule(
      "af_events_dir", .string, "\"/etc/reeve/events\"",
      "Folder with the executables that custom_data may name as methods of events, and with other event services."),
    SettingRule(
      "events_trust_file", .string, "\"\"",
      "Certificates (PEM) that mail servers and webhooks may have besides those that the system trusts."),
    SettingRule("email_smtp_server", .string, "\"localhost\"", "Mail server that messages of events go to."),
    SettingRule("email_smtp_port", .integer(1...65535), "25", "Its port."),
    SettingRule(
      "email_smtp_security", .word(["none", "starttls", "required", "tls"]), "\"starttls\"",
      "TLS towards the mail server: never, where it is offered, always by STARTTLS, always from the first byte."),
    SettingRule("email_smtp_user", .string, "\"\"", "User of the mail server; empty: nobody logs in."),
    SettingRule("email_smtp_password_file", .string, "\"\"", "File with his password, which its owner alone may read."),
    SettingRule(
      "email_send_cmd", .string, "\"\"",
      "Command that is given messages on its standard input and addresses as arguments, instead of a mail server."),
    SettingRule(
      "email_sender_address_host", .string, "\"\"",
      "Messages come from noreply@ this domain; empty: the name of the render that sends them."),
    SettingRule(
      "webhook_secret_file", .string, "\"\"",
      "File with the secret that signs what webhooks get, which its owner alone may read; empty: nothing is signed."),
    SettingRule("webhook_timeout", .integer(1...50), "10", "Seconds in which a webhook must answer."),
    SettingRule("webhook_tries", .integer(1...10), "4", "How often a webhook that fails is tried, within 50 seconds."),
    SettingRule(
      "pathsmap", .any, "[]",
      "Pairs of path beginnings, [\"client\", \"server\"]: a render replaces the second, as it stands in a job's commands and folders, by the first."
    ),
  ]

  /// Keys of CGRU's files that Reeve takes without acting on them in this version.
  static let tolerated: [SettingRule] = [
    "af_ipv6_disable", "af_http_serve_dir", "af_http_site_index", "af_http_directory_index", "af_ip_trust", "af_digest_file",
    "realm",
    "af_store_folder", "file_name_size_max",
    "af_perm_user_mod_his_priority", "af_perm_user_mod_job_priority", "af_node_log_lines_max", "af_task_default_capacity",
    "af_task_default_service", "af_task_log_linesmax", "af_task_post_limit_sec", "af_cmdprefix",
    "af_user_cut_domain_name", "af_render_cmd_reboot",
    "af_render_cmd_shutdown", "af_render_launch_cmds",
    "af_render_launch_cmds_exit",
    "af_rendercmds", "af_rendercmds_admin", "af_render_gpuinfo_nvidia_cmd", "af_render_get_cpu_temperature_mod",
    "af_render_get_hw_info_mod", "af_render_networkif", "af_render_iostat_device", "af_render_resclasses",
    "af_render_customiostat_devices",
    "af_render_task_read_buffer_size", "af_render_cut_domain_name", "af_render_windowsmustdie", "af_thumbnail_extensions",
    "af_thumbnail_cmd", "af_monitor_zombietime", "af_monitor_render_idle_bar_max", "af_monitor_render_cpu_hot_min",
    "af_monitor_render_cpu_hot_max", "af_watch_get_events_sec", "af_watch_refresh_gui_sec", "af_watch_connection_lost_time",
    "af_watch_work_user_visible", "af_db_conninfo", "af_db_stringquotes", "af_db_stringnamelen", "af_db_stringexprlen",
    "af_server_sockets_processing_threads_num", "af_server_sockets_readwrite_threads_num",
    "af_server_sockets_processing_threads_stack", "af_server_sockets_readwrite_threads_stack", "af_server_linux_epoll",
    "af_server_http_wait_close", "af_server_profiling_sec", "pswd_visor", "pswd_god", "timeformat", "previewcmds", "annotations",
    "open_folder_cmd", "open_terminal_cmd", "rules_url", "projects_root", "docs_url", "forum_url", "icons_path",
  ].map { SettingRule($0, .any) }

  static let byName: [String: SettingRule] = Dictionary(
    uniqueKeysWithValues: (read + tolerated).map { ($0.name, $0) })

  /// CGRU's families of keys, whose members nobody lists.
  static let toleratedPrefixes = [
    "af_so_server_", "af_so_client_", "cgru_", "rules_", "keeper_", "nimby_", "icons_", "menu_", "ffmpeg_", "movie_",
  ]
}
