DROP TABLE chat_file_links;
DROP TABLE chat_files;
